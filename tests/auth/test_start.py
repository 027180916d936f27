"""A start that fails says why in one line; two processes on one folder are told of."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from nicegui.testing import user_simulation

from app.data_dir import LOCK_FILE
from app.demo.keys import KEY_FILE as DEMO_KEY
from app.demo.keys import SigningKey
from app.errors import SettingsError
from app.secret_key import KEY_FILE
from tests.auth.conftest import KEY, a_file, files, no_text, refusal, serving, settings
from tests.browser.server import MAIN, ROOT, free_port
from tests.main_file import fresh_main


def a_folder(path: Path) -> None:
    path.mkdir(parents=True)


def a_newer_schema(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    with sqlite3.connect(path) as db:
        db.execute('PRAGMA user_version = 99')
    db.close()


@pytest.mark.parametrize('key', [None, KEY])
@pytest.mark.parametrize(
    ('name', 'spoil', 'advice'),
    [
        pytest.param('', a_file, 'the app needs a folder', id='a file in the place of DATA_DIR'),
        pytest.param(DEMO_KEY, a_file, 'remove the file', id='an empty demo key'),
        pytest.param(DEMO_KEY, no_text, 'remove the file', id='a damaged demo key'),
        pytest.param(DEMO_KEY, a_folder, 'the app needs a folder', id='a folder in the place of the demo key'),
        pytest.param('demo.sqlite3', no_text, 'remove the file', id='a damaged demo database'),
        pytest.param('demo.sqlite3', a_folder, 'the app needs a folder', id='a folder in the place of the database'),
        pytest.param('demo.sqlite3', a_newer_schema, 'of a newer version', id='a demo database of a newer version'),
        pytest.param('sessions.sqlite3', no_text, '', id='damaged sessions'),
        pytest.param('sessions.sqlite3', a_folder, '', id='a folder in the place of the sessions'),
        pytest.param(LOCK_FILE, a_folder, 'the app needs a folder', id='a folder in the place of the lock'),
    ],
)
async def test_a_file_that_cannot_be_used_stops_the_start_with_one_line_that_names_it(
    name: str, spoil: Callable[[Path], None], advice: str, key: str | None
) -> None:
    spoil(Path('data', name))
    line = await refusal(settings(secret_key=key))
    assert line.startswith('DATA_DIR: ')
    assert advice in line
    assert name == 'sessions.sqlite3' or str(Path('data', name)) in line


@pytest.mark.parametrize('spoil', [a_file, no_text, a_folder])
async def test_a_secret_key_that_cannot_be_used_stops_the_start(spoil: Callable[[Path], None]) -> None:
    spoil(Path('data', KEY_FILE))
    assert str(Path('data', KEY_FILE)) in await refusal(settings())


@pytest.mark.parametrize('name', [KEY_FILE, DEMO_KEY])
async def test_a_disk_that_is_full_stops_the_start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_file = os.open

    def full(path: Any, flags: int, *mode: int) -> int:
        if name in str(path) and flags & os.O_CREAT:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return open_file(path, flags, *mode)

    monkeypatch.setattr(os, 'open', full)
    line = await refusal(settings())
    assert name in line
    assert 'No space left on device' in line
    assert 'with room left' in line


async def test_a_database_that_finds_no_room_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError('database or disk is full')

    async with serving(settings()):
        pass
    monkeypatch.setattr('app.demo.records.sqlite3.connect', full)
    assert 'disk is full' in await refusal(settings())


async def test_the_demo_providers_files_are_for_their_owner_only_also_when_they_existed() -> None:
    a_folder(Path('data'))
    with sqlite3.connect('data/demo.sqlite3') as db:
        db.execute('PRAGMA journal_mode = WAL')
        db.execute('CREATE TABLE other (x)')
    before = [Path('data', f'demo.sqlite3{end}') for end in ('', '-wal', '-shm')]
    for path in before:
        path.chmod(0o644)
    async with serving(settings()):
        assert [S_IMODE(path.stat().st_mode) for path in before] == [0o600] * 3
    db.close()


async def test_the_demo_key_is_that_of_the_first_of_two_that_start_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    link, first = os.link, RSAKey.generate_key(2048).as_pem(private=True)

    def overtaken(draft: Path, target: Path) -> None:
        if target.name == DEMO_KEY:
            target.write_bytes(first)
        link(draft, target)

    monkeypatch.setattr(os, 'link', overtaken)
    async with serving(settings()):
        assert DEMO_KEY in files(Path('data'))
        assert SigningKey(Path('data')).key.as_pem(private=True) == first


def command(**environment: str) -> subprocess.CompletedProcess[str]:
    """`python main.py`, which ends by itself."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(('PYTEST', 'NICEGUI'))}
    port = str(free_port())
    return subprocess.run(
        [sys.executable, str(MAIN)],
        env={**inherited, 'PORT': port, **environment},
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_what_fails_when_the_server_starts_ends_the_process_with_one_line() -> None:
    Path('file').touch()
    ran = command(DATA_DIR='file', SECRET_KEY=KEY)
    assert (ran.returncode, ran.stdout) == (1, '')
    assert ran.stderr == (
        'DATA_DIR: file cannot be used (it is a file); the app needs a folder that it may write to, with room left\n'
    )


async def test_what_fails_when_the_server_starts_reaches_a_test_as_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    a_file(Path('file'))
    for name, value in (('DATA_DIR', 'file'), ('SECRET_KEY', KEY), ('PORT', str(free_port()))):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, 'argv', ['main.py'])
    with pytest.raises(SettingsError, match='DATA_DIR: file cannot be used'):
        async with user_simulation(main_file=fresh_main(monkeypatch)):
            pass


def test_a_folder_in_the_place_of_the_settings_ends_the_process_with_one_line() -> None:
    Path('.env').mkdir()
    ran = command()
    assert (ran.returncode, ran.stdout) == (1, '')
    assert ran.stderr.startswith('.env: is a folder')
    assert ran.stderr.count('\n') == 1


# Two processes


HOLDER = """
import sys
from pathlib import Path
from app.data_dir import ServingLock
lock = ServingLock(Path(sys.argv[1]))
lock.take()
print('ready', flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(folder: Path) -> Iterator[None]:
    """A process that serves from the folder, and is killed in the end."""
    pipe = subprocess.PIPE
    command = [sys.executable, '-c', HOLDER, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == 'ready\n'
        yield
        holder.kill()


async def test_a_second_process_that_serves_from_one_folder_is_warned_but_not_the_next_after_a_kill(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    a_folder(tmp_path / 'data')
    with another_process(tmp_path / 'data'):
        async with serving(settings()):
            assert [record.levelname for record in caplog.records] == ['WARNING']
            assert f'another process serves from {Path("data")}' in caplog.text
    caplog.clear()
    async with serving(settings()):
        assert not caplog.records


async def test_where_there_are_no_locks_nobody_is_warned(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def flock(*_: object) -> None:
        raise OSError(errno.ENOLCK, 'No locks available')

    monkeypatch.setattr('fcntl.flock', flock)
    async with serving(settings()), serving(settings()):
        assert not caplog.records
