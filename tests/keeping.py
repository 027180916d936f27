"""How a session gets into a store: by a sign-in that is begun, claimed and finished."""

from __future__ import annotations

import secrets

from app.oidc.authorization import AuthorizationRequest
from app.sessions.pending_authorization import AUTHORIZATION_LIFETIME, PendingAuthorization
from app.sessions.session import Session
from app.sessions.store import FinishedSignIn, SessionStore


async def keep(store: SessionStore, session: Session, browser: str | None = None) -> FinishedSignIn:
    """All three steps, at the moment at which the session was issued; `browser` is the id that it was begun under."""
    browser, now = browser or secrets.token_hex(), session.tokens.issued_at
    request = AuthorizationRequest('https://op/authorize', secrets.token_hex(), 'nonce', 'verifier', 'https://app', '')
    authorization = PendingAuthorization(request, '/', browser, now + AUTHORIZATION_LIFETIME)
    await store.begin_authorization(authorization)
    assert await store.claim_authorization(request.state, browser, now) == authorization
    finished = await store.finish_authorization(authorization, session, browser)
    assert finished is not None
    return finished
