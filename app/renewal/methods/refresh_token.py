"""The use of a refresh token, whatever it is to bring: noted down before, and its answer kept before it is checked."""

from __future__ import annotations

import asyncio

from ...clock import Clock
from ...errors import AuthError, ClientSecretUnavailable, RefreshTokenRefused
from ...oidc.provider_client import ProviderClient
from ...oidc.tokens import UncheckedTokens
from ...sessions.session import Session
from .record import Record


async def use_refresh_token(
    record: Record, provider: ProviderClient, clock: Clock, audience: str | None = None
) -> UncheckedTokens | None:
    """What it has brought, which the store has; None if somebody else changed the session before it was sent.

    If its answer is lost, even with this process, it counts as used up. `audience` is another API's; that it is refused
    there says nothing of the refresh token, which the session's own renewal finds out.
    """
    await provider.metadata()  # what cannot be sent is not in doubt
    if (refresh_token := record.session.tokens.refresh_token) is None:
        raise RefreshTokenRefused('there is no refresh token any more')
    was_in_doubt = record.session.refresh_in_doubt
    noted = record.session.changed(refresh_in_doubt=True, refresh_sent_at=clock.now())
    record.session = await record.kept(noted)
    if record.session is not noted:
        return None
    sent = _sent(record, provider, refresh_token, audience, was_in_doubt=was_in_doubt)
    record.sending = asyncio.create_task(sent, name='refresh token')
    return await asyncio.shield(record.sending)


async def _sent(
    record: Record, provider: ProviderClient, refresh_token: str, audience: str | None, *, was_in_doubt: bool
) -> UncheckedTokens:
    """The answer, once the store has it."""
    scope = record.session.refresh_scope or record.session.tokens.scope  # of its refresh token (RFC 6749 §6)
    try:
        unchecked = await provider.send_refresh_token(refresh_token, scope=scope, audience=audience)
    except ClientSecretUnavailable:  # so that nothing was sent
        await record.note(lambda session: session.changed(refresh_sent_at=None, refresh_in_doubt=was_in_doubt))
        raise
    except AuthError as error:
        is_refused = isinstance(error, RefreshTokenRefused) and audience is None
        await _note_failure(record, refresh_token if is_refused else None)
        raise
    await record.write(lambda session: session.received(unchecked))
    return unchecked


async def _note_failure(record: Record, refused: str | None) -> None:
    def change(session: Session) -> Session:
        is_refused = refused is not None and session.tokens.refresh_token == refused
        return session.without_refresh_token() if is_refused else session.changed(refresh_sent_at=None)

    await record.note(change)
