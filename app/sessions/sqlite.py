"""Sessions in one SQLite file: encrypted, readable by its owner only, safe against `kill -9`."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from ..errors import AnotherBrowser, SettingsError, StoreFailed
from ..oidc.authorization import AuthorizationRequest
from .encryption import CannotDecrypt, Encryptor
from .pending_authorization import AUTHORIZATION_LIFETIME, PendingAuthorization
from .session import ABANDONED_AFTER, Ending, Session, Tokens

log = logging.getLogger(__name__)
T = TypeVar('T')

SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
    key TEXT PRIMARY KEY,
    browser TEXT NOT NULL,
    revision INTEGER NOT NULL,
    renewed_at REAL NOT NULL,
    active_at REAL NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_by_browser ON sessions (browser);
CREATE INDEX IF NOT EXISTS sessions_by_age ON sessions (renewed_at);
CREATE TABLE IF NOT EXISTS sign_ins (
    key TEXT PRIMARY KEY,
    browser TEXT NOT NULL,
    expires_at REAL NOT NULL,
    silent INTEGER NOT NULL,
    claimed INTEGER NOT NULL DEFAULT 0,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sign_ins_by_browser ON sign_ins (browser, expires_at);
CREATE INDEX IF NOT EXISTS sign_ins_by_age ON sign_ins (expires_at);
"""
FORGET_OLDEST = """
DELETE FROM sign_ins WHERE browser = ? AND key NOT IN (
    SELECT key FROM sign_ins WHERE browser = ? ORDER BY expires_at DESC LIMIT ?
)
"""
INSERT_SESSION = """
INSERT INTO sessions (key, browser, revision, renewed_at, active_at, sealed) VALUES (?, ?, ?, ?, ?, ?)
"""
MOST_AUTHORIZATIONS = 20  # in progress in one browser; the oldest are forgotten


class SqliteSessionStore:
    """A `SessionStore` in a file. Ids are kept as their SHA-256, everything else sealed.

    All statements run one after the other in a thread of its own, so that the event loop never waits for the disk.
    """

    def __init__(self, path: Path, secret_key: str) -> None:
        self._vault = Encryptor(secret_key, 'sessions')
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix='sessions')
        try:
            self._db: sqlite3.Connection = self._thread.submit(_open, path).result()
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(f'DATA_DIR: cannot be used: {error}') from error

    async def load(self, session_id: str) -> Session | None:
        row = await self._run(lambda db: _one(db, 'SELECT sealed FROM sessions WHERE key = ?', _key(session_id)))
        return self._session(row, session_id)

    async def replace(self, old: Session, new: Session) -> bool:
        row = (new.revision, new.tokens.issued_at, self._seal(new), _key(old.id), old.revision)
        statement = 'UPDATE sessions SET revision = ?, renewed_at = ?, sealed = ? WHERE key = ? AND revision = ?'
        return await self._run(lambda db: db.execute(statement, row).rowcount == 1)

    async def end(self, session_id: str, ending: Ending) -> Session | None:
        def mark(db: sqlite3.Connection) -> Session | None:
            row = _one(db, 'SELECT sealed FROM sessions WHERE key = ?', _key(session_id))
            session = self._session(row, session_id)
            if session is None or session.ended is not None:
                return None
            over = session.over(ending)
            statement = 'UPDATE sessions SET revision = ?, sealed = ? WHERE key = ?'
            db.execute(statement, (over.revision, self._seal(over), _key(session_id)))
            return session

        return await self._run(mark)

    async def remove(self, session_id: str) -> Session | None:
        statement = 'DELETE FROM sessions WHERE key = ? RETURNING sealed'
        row = await self._run(lambda db: _one(db, statement, _key(session_id)))
        return self._session(row, session_id)

    async def touch(self, session_id: str, now: float) -> None:
        statement = 'UPDATE sessions SET active_at = max(active_at, ?) WHERE key = ?'
        await self._run(lambda db: db.execute(statement, (now, _key(session_id))))

    async def active_at(self, session_id: str) -> float | None:
        row = await self._run(lambda db: _one(db, 'SELECT active_at FROM sessions WHERE key = ?', _key(session_id)))
        return float(row[0]) if row else None

    async def of_browser(self, browser: str) -> list[Session]:
        statement = 'SELECT sealed FROM sessions WHERE browser = ?'
        rows = await self._run(lambda db: db.execute(statement, (_key(browser),)).fetchall())
        return self._of(browser, rows)

    async def forget_browser(self, browser: str) -> list[Session]:
        def forget(db: sqlite3.Connection) -> list[Any]:
            db.execute('DELETE FROM sign_ins WHERE browser = ?', (_key(browser),))
            statement = 'DELETE FROM sessions WHERE browser = ? RETURNING sealed'
            return db.execute(statement, (_key(browser),)).fetchall()

        return self._of(browser, await self._run(forget))

    async def begin_authorization(self, sign_in: PendingAuthorization) -> None:
        browser, now = _key(sign_in.browser), sign_in.expires_at - AUTHORIZATION_LIFETIME
        row = (_key(sign_in.request.state), browser, sign_in.expires_at, sign_in.silent, self._seal(sign_in))

        def insert(db: sqlite3.Connection) -> None:
            db.execute('DELETE FROM sign_ins WHERE expires_at <= ?', (now,))
            db.execute(FORGET_OLDEST, (browser, browser, MOST_AUTHORIZATIONS))
            db.execute('INSERT INTO sign_ins (key, browser, expires_at, silent, sealed) VALUES (?, ?, ?, ?, ?)', row)

        await self._run(insert)

    async def claim_authorization(self, state: str, browser: str, now: float) -> PendingAuthorization | None:
        def claim(db: sqlite3.Connection) -> Any:
            statement = 'SELECT browser, silent FROM sign_ins WHERE key = ? AND expires_at > ? AND NOT claimed'
            owner = _one(db, statement, _key(state), now)
            if owner is not None and owner[0] != _key(browser):
                raise AnotherBrowser(is_silent=bool(owner[1]))
            statement = 'UPDATE sign_ins SET claimed = 1 WHERE key = ? AND expires_at > ? AND NOT claimed'
            return _one(db, f'{statement} RETURNING sealed', _key(state), now)

        sign_in = self._unseal(await self._run(claim), _sign_in)
        # What is sealed decides, so that nothing is gained by moving rows about in the file.
        return sign_in if sign_in and sign_in.browser == browser and sign_in.request.state == state else None

    async def finish_authorization(self, sign_in: PendingAuthorization, session: Session) -> bool:
        key, browser, renewed_at = _key(session.id), _key(session.browser), session.tokens.issued_at
        row = (key, browser, session.revision, renewed_at, renewed_at, self._seal(session))

        def finish(db: sqlite3.Connection) -> bool:
            statement = 'DELETE FROM sign_ins WHERE key = ? AND claimed'
            if db.execute(statement, (_key(sign_in.request.state),)).rowcount != 1:
                return False
            db.execute('DELETE FROM sessions WHERE renewed_at < ?', (renewed_at - ABANDONED_AFTER,))
            db.execute(INSERT_SESSION, row)
            return True

        return await self._run(finish)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._db.close)
        self._thread.shutdown()

    async def _run(self, statements: Callable[[sqlite3.Connection], T]) -> T:
        """The statements as one transaction."""

        def transaction() -> T:
            try:
                with self._db:
                    return statements(self._db)
            except sqlite3.Error as error:
                raise StoreFailed(f'{type(error).__name__}: {error}') from error

        return await asyncio.get_running_loop().run_in_executor(self._thread, transaction)

    def _seal(self, value: Session | PendingAuthorization) -> bytes:
        return self._vault.seal(json.dumps(asdict(value)))

    def _unseal(self, row: Any, value_of: Callable[[dict[str, Any]], T]) -> T | None:
        if row is None:
            return None
        try:
            return value_of(json.loads(self._vault.unseal(row[0])))
        except CannotDecrypt:
            log.warning('a record cannot be opened with the present SECRET_KEY, so it counts as gone')
        except (KeyError, TypeError):
            log.warning('a record is of another version of this app, so it counts as gone')
        return None

    def _of(self, browser: str, rows: list[Any]) -> list[Session]:
        sessions = [self._unseal(row, _session) for row in rows]
        return [session for session in sessions if session and session.browser == browser]

    def _session(self, row: Any, session_id: str) -> Session | None:
        session = self._unseal(row, _session)
        return session if session and session.id == session_id else None


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # the files beside it take over its mode
    path.chmod(0o600)
    db = sqlite3.connect(path, timeout=5, check_same_thread=False)
    db.execute('PRAGMA journal_mode = WAL')
    db.execute('PRAGMA synchronous = FULL')  # a rotated refresh token must not be lost with the power
    db.executescript(SCHEMA)
    return db


def _session(document: dict[str, Any]) -> Session:
    ended = document.get('ended')
    return Session(**{**document, 'tokens': Tokens(**document['tokens']), 'ended': Ending(**ended) if ended else None})


def _sign_in(document: dict[str, Any]) -> PendingAuthorization:
    return PendingAuthorization(**{**document, 'request': AuthorizationRequest(**document['request'])})


def _one(db: sqlite3.Connection, statement: str, *values: Any) -> Any:
    return db.execute(statement, values).fetchone()


def _key(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
