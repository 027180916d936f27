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


def ran(*command: str, folder: Path, **settings: str) -> tuple[int, str, str]:
    """The exit status of a command, and what it said."""
    environment = {**os.environ, 'PYTHONPATH': str(ROOT), **settings}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=100
    )
    return done.returncode, done.stdout, done.stderr


def test_the_doctor_is_the_same_in_an_app_of_its_own_and_in_somebody_elses_but_for_the_names(tmp_path: Path) -> None:
    status, told, trouble = ran(str(MAIN), 'doctor', folder=tmp_path, PORT='x', OIDC_ISUER='y')
    assert (status, trouble) == (1, '')
    assert '  problem  Settings: PORT: ' in told
    host = ran('-m', 'app', 'doctor', folder=tmp_path, STAY_SIGNED_IN_PORT='x', OIDC_ISUER='y')
    assert (host[0], host[2]) == (1, '')
    assert '  problem  Settings: STAY_SIGNED_IN_PORT: ' in host[1]
    assert host[1].replace('STAY_SIGNED_IN_', '').replace('/.stay_signed_in', '/.data') == told


def test_what_may_be_the_hosts_own_is_not_examined(tmp_path: Path) -> None:
    (tmp_path / '.env').write_text('STAY_SIGNED_IN_PORT=x')
    status, told, _ = ran(
        '-m', 'app', 'doctor', '--json', folder=tmp_path, PORT='x', BASE_URL='nowhere', OIDC_ISSUER=''
    )
    assert status == 0, told


def test_a_file_is_examined_if_it_is_named(tmp_path: Path) -> None:
    (tmp_path / 'our.env').write_text('STAY_SIGNED_IN_PORT=x\nSTAY_SIGNED_IN_BASE=y')
    status, told, _ = ran('-m', 'app', 'doctor', '--env-file', 'our.env', folder=tmp_path)
    assert status == 1
    assert 'STAY_SIGNED_IN_PORT: ' in told


@pytest.mark.parametrize('arguments', [(), ('--native',), ('doctor', '--native')])
def test_the_package_alone_starts_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    status, told, trouble = ran('-m', 'app', *arguments, folder=tmp_path)
    assert (status > 0, told) == (True, '')
    assert 'python -m app ' in trouble
    assert 'main.py' not in trouble
