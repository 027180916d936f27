"""The SQLite file: opened at the start, and used by one thread."""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from ..errors import SettingsError, StoreFailed
from .migrations import migrate, version_of

T = TypeVar('T')

LOCK_TIMEOUT = 1.5  # seconds to wait for another process; a page has to be built within the 3 that NiceGUI gives it


class Database:
    """All statements run one after the other in a thread of its own, so that the event loop never waits for the disk.

    Making one opens nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread: ThreadPoolExecutor | None = None
        self._db: sqlite3.Connection | None = None

    async def open(self, complete: Callable[[sqlite3.Connection], None] = lambda _: None) -> None:
        """Open the file, and make it or bring it to the present version if need be.

        `complete` is then called, in a transaction, with what only somebody who can read the rows can add to them.
        Raises `SettingsError` that names the file, and says what to do.
        """
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix='sessions')
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connect, complete)
        except (OSError, sqlite3.Error) as error:
            self._close_thread()
            raise SettingsError(f'DATA_DIR: {self._path} cannot be used: {error}; {_what_to_do(error)}') from error
        except SettingsError:
            self._close_thread()
            raise

    async def read(self, statements: Callable[[sqlite3.Connection], T]) -> T:
        """The outcome of the statements, of which each sees what is there at its moment.

        Raises `StoreFailed`, as `write` does.
        """
        return await self._run(statements)

    async def write(self, statements: Callable[[sqlite3.Connection], T]) -> T:
        """The outcome of the statements as one transaction, which no other process comes between."""
        return await self._run(lambda db: _transaction(db, statements))

    async def close(self) -> None:
        """Let go of the file and the thread; nothing if it was never opened."""
        if self._thread is not None and self._db is not None:
            db, self._db = self._db, None
            await asyncio.get_running_loop().run_in_executor(self._thread, db.close)
        self._close_thread()

    def _connect(self, complete: Callable[[sqlite3.Connection], None]) -> None:
        # Here, so that what is asked meanwhile, in the same thread, comes after it.
        self._db = _open(self._path, complete)

    async def _run(self, statements: Callable[[sqlite3.Connection], T]) -> T:
        if self._thread is None:
            raise StoreFailed(f'{self._path} is not open')

        def call() -> T:
            if self._db is None:
                raise StoreFailed(f'{self._path} is not open')
            try:
                return statements(self._db)
            except sqlite3.Error as error:
                raise StoreFailed(f'{type(error).__name__}: {error}') from error

        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _close_thread(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown()


def _transaction(db: sqlite3.Connection, statements: Callable[[sqlite3.Connection], T]) -> T:
    db.execute('BEGIN IMMEDIATE')
    try:
        outcome = statements(db)
        db.execute('COMMIT')
    except BaseException:
        if db.in_transaction:  # a full disk may have rolled it back already
            db.execute('ROLLBACK')
        raise
    return outcome


def _open(path: Path, complete: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # the files beside it take over its mode
    path.chmod(0o600)
    db = sqlite3.connect(path, timeout=LOCK_TIMEOUT, check_same_thread=False, isolation_level=None)
    try:
        version_of(db, path)  # before anything is written
        db.execute('PRAGMA journal_mode = WAL')
        db.execute('PRAGMA synchronous = FULL')  # a rotated refresh token must not be lost with the power
        _check(db)
        migrate(db, path)
        _transaction(db, complete)
    except BaseException:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection) -> None:
    """Raises `sqlite3.Error` where it is damaged, or nothing can be written: read-only, or the disk is full.

    It reads the whole file, which takes seconds only where there are hundreds of thousands of sessions.
    """
    verdict = db.execute('PRAGMA quick_check(1)').fetchone()[0]
    if verdict != 'ok':
        raise sqlite3.DatabaseError(f'it is damaged ({verdict.splitlines()[-1]})')
    db.execute('BEGIN IMMEDIATE')
    db.execute(f'PRAGMA user_version = {db.execute("PRAGMA user_version").fetchone()[0]}')
    db.execute('COMMIT')


def _what_to_do(error: Exception) -> str:
    code = getattr(error, 'sqlite_errorcode', None)
    primary = code & 0xFF if code is not None else None
    if getattr(error, 'errno', None) == errno.ENOSPC or primary == sqlite3.SQLITE_FULL:
        return 'make room on the disk'
    if primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return 'end the other program that holds it'
    if isinstance(error, OSError) or primary in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return 'let this user write to it and to its folder, or set DATA_DIR to another one'
    return 'move it away, with the files beside it that begin with its name, and everybody signs in anew'
