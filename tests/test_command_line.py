"""What `python main.py` is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import obey
from tests.browser.server import MAIN, ROOT


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


def ran(*command: str, folder: Path) -> tuple[int, str, str]:
    """The exit status of a command, and what it said."""
    environment = {**os.environ, 'PYTHONPATH': str(ROOT), 'PORT': 'x'}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=100
    )
    return done.returncode, done.stdout, done.stderr


def test_the_doctor_is_the_same_by_either_way(tmp_path: Path) -> None:
    status, told, trouble = ran('-m', 'app', 'doctor', folder=tmp_path)
    assert (status, trouble) == (1, '')
    assert 'PORT: ' in told
    assert ran(str(MAIN), 'doctor', folder=tmp_path) == (status, told, trouble)


def test_the_package_alone_starts_nothing(tmp_path: Path) -> None:
    status, told, trouble = ran('-m', 'app', folder=tmp_path)
    assert (status, told) == (1, '')
    assert 'python -m app doctor' in trouble
