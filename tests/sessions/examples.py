from __future__ import annotations

import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.oidc.authorization import AuthorizationRequest
from app.sessions.pending_authorization import AUTHORIZATION_LIFETIME, PendingAuthorization
from app.sessions.session import Ending, Session
from tests.clock import START
from tests.sessions.test_session import grant

LOGOUT = Ending('session_ended', START)


ROOT = Path(__file__).parent.parent.parent


def alice(requested_at: float = START) -> Session:
    claims: dict[str, Any] = {
        'name': 'Alice Adams',
        'email': 'alice@example.com',
        'roles': ['a', {'b': None}],
        'auth_time': 1.5,
    }
    return Session.begin(grant(requested_at=requested_at, **claims), {}, 'browser')


def authorization(
    state: str = 'the-state',
    browser: str = 'the-browser',
    return_to: str = '/profile',
    expires_at: float = START + AUTHORIZATION_LIFETIME,
) -> PendingAuthorization:
    request = AuthorizationRequest(
        f'https://idp/authorize?state={state}', state, 'the-nonce', 'the-verifier', 'http://app/callback', 'openid'
    )
    return PendingAuthorization(request, return_to, browser, expires_at)


def key(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def files(path: Path) -> list[Path]:
    """The database, and what SQLite keeps beside it."""
    return list(path.parent.glob(f'{path.name}*'))


def execute(path: Path, statement: str, *values: Any) -> list[Any]:
    """What somebody with access to the file could do."""
    with closing(sqlite3.connect(path)) as db, db:
        return db.execute(statement, values).fetchall()
