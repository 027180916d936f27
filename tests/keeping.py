"""How a session gets into a store: by a sign-in that is begun, claimed and finished."""

from __future__ import annotations

import secrets

from app.oidc.authorization import AuthorizationRequest
from app.sessions.pending_authorization import AUTHORIZATION_LIFETIME, PendingAuthorization
from app.sessions.session import Session
from app.sessions.store import SessionStore


async def keep(store: SessionStore, session: Session) -> None:
    """All three steps, at the moment at which the session was issued."""
    now = session.tokens.issued_at
    request = AuthorizationRequest('https://op/authorize', secrets.token_hex(), 'nonce', 'verifier', 'https://app', '')
    sign_in = PendingAuthorization(request, '/', session.browser, now + AUTHORIZATION_LIFETIME)
    await store.begin_authorization(sign_in)
    assert await store.claim_authorization(request.state, session.browser, now) == sign_in
    assert await store.finish_authorization(sign_in, session)
