"""The file at the start: what is wrong with it is said in one line, with its name and what to do."""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import SettingsError, StoreFailed
from app.sessions.database import Database
from app.sessions.sqlite import SqliteSessionStore
from tests.browser.server import free_port
from tests.keeping import keep
from tests.sessions.conftest import SECRET_KEY, Open
from tests.sessions.examples import ROOT, alice

MOVE_AWAY, WRITE = 'move it away', 'let this user write to it'


async def refusal(path: Path) -> str:
    """Why it cannot be opened, with nothing of it left."""
    threads = threading.active_count()
    with pytest.raises(SettingsError) as refused:
        await SqliteSessionStore(path, lambda: SECRET_KEY).open()
    assert threading.active_count() == threads
    message = str(refused.value)
    assert message.startswith(f'DATA_DIR: {path} cannot be used: ')
    assert '\n' not in message
    return message


def no_database(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b'something else entirely ' * 100)


def folder(path: Path) -> None:
    path.mkdir(parents=True)


def file_in_the_place_of_the_folder(path: Path) -> None:
    path.parent.touch()


def without_its_tables(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute('CREATE TABLE sessions (something TEXT)')
    db.close()


@pytest.mark.parametrize(
    ('spoil', 'advice'),
    [
        (no_database, MOVE_AWAY),
        (folder, WRITE),
        (file_in_the_place_of_the_folder, WRITE),
        (without_its_tables, MOVE_AWAY),
    ],
)
async def test_what_is_no_database_of_ours_is_said(path: Path, spoil: Callable[[Path], None], advice: str) -> None:
    spoil(path)
    assert advice in await refusal(path)


def damage(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b'\x99' * (len(whole) // 2) + whole[4096 + len(whole) // 2 :])


async def test_a_damaged_database_is_said_at_the_start(path: Path, open_store: Open) -> None:
    store = await open_store()
    for _ in range(20):
        await keep(store, alice())
    await store.close()
    damage(path)
    assert MOVE_AWAY in await refusal(path)


def failing_with(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError('it failed')
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ('error', 'advice'),
    [
        (failing_with(sqlite3.SQLITE_FULL), 'make room on the disk'),
        (OSError(errno.ENOSPC, 'No space left on device'), 'make room on the disk'),
        (failing_with(sqlite3.SQLITE_READONLY_DIRECTORY), WRITE),
        (failing_with(sqlite3.SQLITE_BUSY), 'end the other program'),
    ],
)
async def test_what_the_disk_says_is_said_with_what_to_do(
    path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, advice: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr('app.sessions.database.sqlite3.connect', fail)
    assert advice in await refusal(path)


def test_an_app_whose_store_cannot_be_opened_ends_with_one_line(tmp_path: Path) -> None:
    no_database(tmp_path / 'data' / 'sessions.sqlite3')
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(('PYTEST', 'NICEGUI'))}
    ended = subprocess.run(
        [sys.executable, ROOT / 'main.py'],
        cwd=tmp_path,
        env={**inherited, 'PYTHONPATH': str(ROOT), 'PORT': str(free_port()), 'DATA_DIR': 'data'},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stdout == ''
    (line,) = ended.stderr.splitlines()
    assert line.startswith('DATA_DIR: data/sessions.sqlite3 cannot be used: file is not a database; move it away')


async def test_making_a_store_opens_nothing(path: Path) -> None:
    threads = threading.active_count()
    store = SqliteSessionStore(path, lambda: SECRET_KEY)
    assert threading.active_count() == threads
    assert not path.parent.exists()
    with pytest.raises(StoreFailed):
        await store.load('any')
    await store.close()


async def test_what_is_asked_while_it_opens_comes_after_it(path: Path) -> None:
    store = SqliteSessionStore(path, lambda: SECRET_KEY)
    _, session = await asyncio.gather(store.open(), store.load('any'))
    assert session is None
    await store.close()


async def test_a_closed_store_says_so(path: Path) -> None:
    database = Database(path)
    await database.open()
    await database.close()
    with pytest.raises(StoreFailed):
        await database.read(lambda db: db.execute('SELECT 1'))
    await database.close()
