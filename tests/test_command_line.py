"""What `python main.py` is told."""

from __future__ import annotations

import os

import pytest

from app.__main__ import obey


@pytest.fixture(autouse=True)
def no_native(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test sets is gone after it."""
    monkeypatch.setenv('NATIVE', '')


def test_nothing_starts_the_app() -> None:
    obey([])
    assert os.environ['NATIVE'] == ''


def test_native_is_told_to_the_settings() -> None:
    obey(['--native'])
    assert os.environ['NATIVE'] == '1'


@pytest.mark.parametrize('status', [0, 1])
def test_the_doctor_ends_with_its_status(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    asked: list[bool] = []

    def doctor(*, as_json: bool) -> int:
        asked.append(as_json)
        return status

    monkeypatch.setattr('app.doctor.command.doctor', doctor)
    with pytest.raises(SystemExit) as ended:
        obey(['doctor', '--json'])
    assert ended.value.code == status
    assert asked == [True]


@pytest.mark.parametrize('arguments', [['nurse'], ['--jason'], ['doctor', '--native']])
def test_anything_else_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        obey(arguments)
    assert ended.value.code == 2
    assert 'usage: main.py' in capsys.readouterr().err
