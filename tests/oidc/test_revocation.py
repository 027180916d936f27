"""Telling the provider that nobody uses a session's tokens any more (RFC 7009)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs

import httpx
import pytest

from app.oidc.endpoints.revocation import revocation_request
from app.oidc.http import http_client
from app.oidc.provider_client import ProviderClient
from tests.clock import FakeClock
from tests.oidc.documents import CLIENT_ID, ISSUER, REGISTRATION, discovery, metadata
from tests.oidc.scripted_provider import DISCOVERY, ScriptedProvider

REVOKE = f'{ISSUER}/revoke'
WITH_SECRET = replace(REGISTRATION, client_secret='the-secret')


@pytest.mark.parametrize(
    ('refresh_token', 'expected'),
    [('the-rt', ('the-rt', 'refresh_token')), (None, ('the-at', 'access_token'))],
)
def test_the_refresh_token_is_revoked_else_the_access_token(
    refresh_token: str | None, expected: tuple[str, str]
) -> None:
    post = revocation_request(metadata(revocation_endpoint=REVOKE), REGISTRATION, refresh_token, 'the-at')
    assert post is not None
    body = parse_qs(post.body)
    assert (post.url, body.pop('client_id')) == (REVOKE, [CLIENT_ID])
    assert body == {'token': [expected[0]], 'token_type_hint': [expected[1]]}


@pytest.mark.parametrize(
    'endpoint', [None, 'http://login.example.com/revoke', 'javascript:alert(1)', 7], ids=['none', 'http', 'script', '7']
)
def test_no_token_goes_to_an_address_that_is_not_safe(endpoint: object) -> None:
    assert revocation_request(metadata(revocation_endpoint=endpoint), REGISTRATION, 'the-rt', 'the-at') is None


def test_where_there_is_no_token_nothing_is_asked() -> None:
    assert revocation_request(metadata(revocation_endpoint=REVOKE), REGISTRATION, None, '') is None


@pytest.mark.parametrize(
    ('own', 'tokens', 'in_body'),
    [
        (None, ['client_secret_post'], True),
        (['client_secret_post'], ['client_secret_basic'], True),
        (['client_secret_basic'], ['client_secret_post'], False),
    ],
    ids=['as at the token endpoint', 'post of its own', 'basic of its own'],
)
def test_the_client_shows_itself_as_this_endpoint_wants_it(
    own: list[str] | None, tokens: list[str], in_body: bool
) -> None:
    document = metadata(
        revocation_endpoint=REVOKE,
        revocation_endpoint_auth_methods_supported=own,
        token_endpoint_auth_methods_supported=tokens,
    )
    post = revocation_request(document, WITH_SECRET, 'the-rt', 'the-at')
    assert post is not None
    assert ('client_secret' in parse_qs(post.body), 'Authorization' in post.headers) == (in_body, not in_body)
    assert 'the-rt' not in repr(post)


@pytest.mark.parametrize(
    'answer',
    [
        httpx.Response(200),
        httpx.Response(200, text='done'),
        httpx.Response(503, headers={'Retry-After': '9'}),
        httpx.Response(400, json={'error': 'unsupported_token_type'}),
        httpx.ConnectError('down'),
    ],
    ids=['empty', 'a text', 'busy', 'refused', 'down'],
)
async def test_whatever_it_answers_nobody_is_disturbed(
    oidc: ProviderClient,
    scripted: ScriptedProvider,
    answer: httpx.Response | Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    scripted.instead |= {
        DISCOVERY: httpx.Response(200, json=discovery(revocation_endpoint=REVOKE)),
        '/revoke': answer,
    }
    oidc.revoke_later('the-rt', 'the-at')
    await oidc.close()
    assert scripted.paths == [DISCOVERY, '/revoke']
    is_done = isinstance(answer, httpx.Response) and answer.is_success
    assert ('could not be revoked' in caplog.text) is not is_done
    assert 'the-rt' not in caplog.text


async def test_nothing_is_revoked_where_the_settings_say_so(scripted: ScriptedProvider, clock: FakeClock) -> None:
    async with http_client(httpx.MockTransport(scripted.handle)) as http:
        oidc = ProviderClient(ISSUER, REGISTRATION, http, clock, may_revoke=False)
        oidc.revoke_later('the-rt', 'the-at')
        await oidc.close()
    assert scripted.requests == []
