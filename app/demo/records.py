"""What the demo provider remembers: codes for a minute, refresh tokens over a restart."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from ..data_dir import make_folder, unusable, usable
from ..errors import SettingsError
from .acr import METHODS, PASSWORD

CODE_LIFETIME = 60.0  # seconds
SCHEMA_VERSION = 1  # kept as PRAGMA user_version; the first versions of this app left it at 0, with the same table
SCHEMA = """
CREATE TABLE IF NOT EXISTS refresh_tokens (
    key TEXT PRIMARY KEY, family TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0, record TEXT NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class ProviderSession:
    """Somebody signed in at the provider in one browser; `auth_time` in seconds since the epoch.

    `acr` is the level that they reached.
    """

    subject: str
    auth_time: int
    sid: str
    acr: str = PASSWORD


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code, with what Authlib asks of one; `resources` are the APIs that its request named."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str
    code_challenge_method: str
    session: ProviderSession
    acr: str
    resources: tuple[str, ...]
    expires_at: float

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.session.auth_time

    def get_acr(self) -> str:
        return self.acr

    def get_amr(self) -> list[str]:
        return METHODS[self.session.acr]


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token; `family` names the sign-in that it descends from."""

    token: str
    client_id: str
    scope: str
    session: ProviderSession
    family: str
    acr: str = PASSWORD
    resources: tuple[str, ...] = ()

    def check_client(self, client: object) -> bool:
        return bool(getattr(client, 'client_id', None) == self.client_id)

    def get_scope(self) -> str:
        return self.scope

    @classmethod
    def of(cls, token: str, record: str) -> RefreshToken:
        """The token with what was kept of it."""
        kept = json.loads(record)
        session, resources = ProviderSession(**kept['session']), tuple(kept.get('resources', ()))
        return cls(**{**kept, 'token': token, 'session': session, 'resources': resources})


class Codes:
    """Codes that were not redeemed yet, and which family each redeemed one began."""

    def __init__(self) -> None:
        self._codes: dict[str, Code] = {}
        self.redeemed: dict[str, str] = {}

    def keep(self, code: Code) -> None:
        now = time.time()
        self._codes = {key: kept for key, kept in self._codes.items() if kept.expires_at > now}
        self._codes[code.code] = code

    def take(self, code: str, client_id: str) -> Code | None:
        """The code, once."""
        kept = self._codes.pop(code, None)
        return kept if kept and kept.client_id == client_id and kept.expires_at > time.time() else None


class RefreshTokens:
    """Refresh tokens in a file, by their SHA-256.

    A used one stays known, so that its reuse is noticed (RFC 9700 §4.14). Raises `SettingsError` if the file cannot be
    used; `path` None keeps them in memory only.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._db = _open(path) if path else _connect(':memory:')

    def keep(self, token: RefreshToken) -> None:
        record = json.dumps({**asdict(token), 'token': ''})
        with self._lock:
            row = (_key(token.token), token.family, record)
            self._db.execute('INSERT INTO refresh_tokens (key, family, record) VALUES (?, ?, ?)', row)

    def find(self, token: str) -> RefreshToken | None:
        """The token if it was not used yet; the use of a used one revokes its whole family."""
        with self._lock:
            row = self._db.execute(
                'SELECT record, used, family FROM refresh_tokens WHERE key = ?', (_key(token),)
            ).fetchone()
        if row is None:
            return None
        if row[1]:
            self.revoke(row[2])
            return None
        return RefreshToken.of(token, row[0])

    def use(self, token: RefreshToken) -> bool:
        """Mark it as used; if another request just did, revoke the family, and return False."""
        with self._lock:
            statement = 'UPDATE refresh_tokens SET used = 1 WHERE key = ? AND used = 0'
            if self._db.execute(statement, (_key(token.token),)).rowcount == 1:
                return True
        self.revoke(token.family)
        return False

    def revoke(self, family: str) -> None:
        with self._lock:
            self._db.execute('DELETE FROM refresh_tokens WHERE family = ?', (family,))

    def revoke_session(self, sid: str) -> None:
        """All that descend from this session at the provider."""
        with self._lock:
            self._db.execute("DELETE FROM refresh_tokens WHERE json_extract(record, '$.session.sid') = ?", (sid,))

    def close(self) -> None:
        with self._lock:
            self._db.close()


class SessionOverrides:
    """What became of sessions behind the back of their browsers, whose cookies still name them; by `sid`."""

    def __init__(self) -> None:
        self._fates: dict[str, ProviderSession | None] = {}

    def decide(self, sid: str, session: ProviderSession | None) -> None:
        """From now on it is this session; None: it is over."""
        self._fates[sid] = session

    def resolve(self, session: ProviderSession | None) -> ProviderSession | None:
        """What the session has become."""
        while session and session.sid in self._fates:
            session = self._fates[session.sid]
        return session


def _open(path: Path) -> sqlite3.Connection:
    make_folder(path.parent)
    with usable(path):
        for file in (path, path.with_name(f'{path.name}-wal'), path.with_name(f'{path.name}-shm')):
            if file == path or file.exists():  # those beside it, if they are made, take over its mode
                os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
                file.chmod(0o600)
    try:
        return _connect(path)
    except sqlite3.OperationalError as error:  # the disk, a lock: nothing that removing the file would mend
        raise unusable(path, str(error)) from error
    except sqlite3.DatabaseError as error:
        advice = 'remove the file, and whoever the demo provider signed in signs in anew'
        raise SettingsError(f'DATA_DIR: {path} is damaged ({error}); {advice}') from error


def _connect(path: Path | str) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        version = db.execute('PRAGMA user_version').fetchone()[0]
        if version > SCHEMA_VERSION:
            raise SettingsError(
                f'DATA_DIR: {path} is of a newer version of this app; start that one, or remove the file'
            )
        db.execute(SCHEMA)
        db.execute(f'PRAGMA user_version = {SCHEMA_VERSION}')
    except BaseException:
        db.close()
        raise
    return db


def _key(token: str) -> str:
    return sha256(token.encode()).hexdigest()
