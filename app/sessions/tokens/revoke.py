"""Which tokens of a session that is over are to be revoked."""

from __future__ import annotations

from collections.abc import Callable

from ..session import Session

RevokeLater = Callable[[str | None, str], None]


def revoke_tokens(session: Session, revoke_later: RevokeLater) -> None:
    """Have all of them revoked: those that a refresh token brought go with it (RFC 7009 §2.1)."""
    refresh_token = session.tokens.refresh_token
    revoke_later(refresh_token, session.tokens.access_token)
    for token in session.audience_tokens.values():
        if refresh_token is None or token.renewed_by != 'refresh_token':
            revoke_later(None, token.access_token)
