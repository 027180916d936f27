"""The answers to whoever is not let in, for an app without FastAPI."""

from __future__ import annotations

import json

import pytest

from app.api.token_refused import TokenRefused, invalid_token, missing_scope
from app.errors import AuthError, DiscoveryInvalid, ProviderUnreachable, StoreFailed
from app.web.endpoints.refusals import refusal


@pytest.mark.parametrize(
    ('error', 'status', 'challenge'),
    [
        (TokenRefused(401, None, 'Who?'), 401, 'Bearer realm="here"'),
        (invalid_token('Bad.'), 401, 'Bearer realm="here", error="invalid_token", error_description="Bad."'),
        (
            missing_scope('a'),
            403,
            'Bearer realm="here", scope="a", error="insufficient_scope", error_description="This needs the scope a."',
        ),
        (StoreFailed(), 503, None),
        (ProviderUnreachable(), 503, None),
        (DiscoveryInvalid(), 503, None),
    ],
)
def test_an_answer_says_why_and_is_not_kept(
    error: TokenRefused | AuthError, status: int, challenge: str | None
) -> None:
    answer = refusal(error, 'here').response()
    assert (answer.status_code, answer.headers.get('WWW-Authenticate')) == (status, challenge)
    assert answer.headers['Cache-Control'] == 'no-store'
    assert json.loads(bytes(answer.body))['detail'].endswith(('.', '?'))
