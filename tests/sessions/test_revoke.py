"""Which tokens of a session that is over are revoked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.sessions.session import Session
from app.sessions.tokens.audience_token import AudienceToken
from app.sessions.tokens.revoke import revoke_tokens
from app.settings import RenewalMethod
from tests.sessions.test_session import grant

SESSION = Session.begin(grant(), {}, 'browser')


def token(name: str, by: RenewalMethod) -> AudienceToken:
    return AudienceToken(name, 'read', 0.0, 120.0, by)


@pytest.mark.parametrize(
    ('refresh_token', 'revoked'),
    [
        ('refresh', [('refresh', 'own'), (None, 'by frame')]),
        (None, [(None, 'own'), (None, 'by refresh'), (None, 'by frame')]),
    ],
)
def test_each_token_is_revoked_unless_it_goes_with_the_refresh_token(
    refresh_token: str | None, revoked: list[tuple[str | None, str]]
) -> None:
    tokens = replace(SESSION.tokens, access_token='own', refresh_token=refresh_token)
    audience_tokens = {'a': token('by refresh', 'refresh_token'), 'b': token('by frame', 'iframe')}
    told: list[tuple[str | None, str]] = []
    session = replace(SESSION, tokens=tokens, audience_tokens=audience_tokens)
    revoke_tokens(session, lambda *those: told.append(those))
    assert told == revoked
