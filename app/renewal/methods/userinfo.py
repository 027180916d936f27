"""Userinfo after a renewal: it holds up no token, and fails none."""

from __future__ import annotations

import logging

from ...errors import InvalidIdToken, StoreFailed
from ...oidc.provider_client import ProviderClient
from ...sessions.session import Session
from ...sessions.store import SessionStore

log = logging.getLogger(__name__)


async def ask_userinfo(session: Session, provider: ProviderClient, store: SessionStore) -> Session | None:
    """The session with what userinfo says now, and kept in the store; None if nothing came of it.

    That is so, and in the log, if userinfo cannot be had or is about somebody else (OpenID Connect Core §5.3.2): what
    it said before stays. It is so too if the session was renewed again meanwhile, since then it is asked again. And if
    there is nobody to ask: what is kept then came with the sign-in (Apple's names).
    """
    if provider.known is not None and provider.known.userinfo_endpoint is None:
        return None
    try:
        userinfo = await provider.userinfo(session.tokens.access_token, session.subject)
    except InvalidIdToken as error:
        log.warning('userinfo is not used: %s: %s', error.code, error)
        return None
    if userinfo is None:
        return None
    try:
        return await _kept(session, session.informed(userinfo), store)
    except StoreFailed:
        log.exception('what userinfo says could not be written down')
        return None


async def _kept(session: Session, informed: Session, store: SessionStore) -> Session | None:
    """The session with these claims, whatever else became of it meanwhile, but for a renewal or an end."""
    claims = {'id_claims': informed.id_claims, 'userinfo': informed.userinfo}
    latest: Session | None = session
    while latest is not None and latest.ended is None and latest.renewals == session.renewals:
        if (latest.id_claims, latest.userinfo) == (informed.id_claims, informed.userinfo):
            return None
        changed = latest.changed(**claims)
        if await store.replace(latest, changed):
            return changed
        latest = await store.load(session.id)
    return None
