"""A provider that has changed without notice: what an answer contradicts is looked at again."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest

from app.errors import CodeRefused, InvalidIdToken, InvalidResponse, ProviderFailed, ProviderUnreachable
from app.oidc.authorization import AuthorizationResponse
from app.oidc.endpoints.discovery import REFETCH_INTERVAL
from app.oidc.provider_client import ProviderClient
from tests.clock import FakeClock, settle
from tests.oidc.conftest import signed_in
from tests.oidc.documents import CALLBACK, ISSUER, token_document
from tests.oidc.scripted_provider import DISCOVERY, ScriptedProvider
from tests.oidc.signer import signer
from tests.oidc.test_discovery import MOVED, fetches, says

GONE: list[Any] = [
    pytest.param(httpx.Response(404), id='404'),
    pytest.param(httpx.Response(410, text='<html>'), id='410'),
    pytest.param(httpx.Response(405), id='405'),
    pytest.param(httpx.Response(308, headers={'Location': MOVED}), id='a redirect'),
    pytest.param(httpx.ConnectError('refused'), id='nobody listens'),
    pytest.param(httpx.ConnectTimeout('no such machine'), id='no such machine'),
]


def moves_its_token_endpoint(scripted: ScriptedProvider, gone: httpx.Response | Exception) -> None:
    scripted.instead['/token'] = gone
    says(scripted, token_endpoint=MOVED)
    scripted.moved['/v2/token'] = '/token'


# An endpoint that is gone


@pytest.mark.parametrize('gone', GONE)
async def test_a_token_endpoint_that_moved_is_found_by_the_sign_in_that_misses_it(
    oidc: ProviderClient,
    scripted: ScriptedProvider,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
    gone: httpx.Response | Exception,
) -> None:
    caplog.set_level(logging.INFO)
    await signed_in(oidc, scripted)
    await clock.advance(REFETCH_INTERVAL)
    moves_its_token_endpoint(scripted, gone)
    scripted.requests.clear()
    assert (await signed_in(oidc, scripted)).claims['sub'] == 'alice'
    assert scripted.paths == ['/token', DISCOVERY, '/v2/token']
    assert 'the provider has changed: token_endpoint' in caplog.text


async def test_a_token_endpoint_that_moved_is_found_by_a_refresh(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    await signed_in(oidc, scripted)
    await clock.advance(REFETCH_INTERVAL)
    moves_its_token_endpoint(scripted, httpx.Response(404))
    scripted.tokens, scripted.requests = {'id_token': None, 'refresh_token': 'next'}, []
    unchecked = await oidc.send_refresh_token('the-refresh-token', scope='openid')
    grant = await oidc.check_refreshed(unchecked, id_token='x', claims={'sub': 'alice'})
    assert grant.tokens.refresh_token == 'next'
    assert scripted.paths == ['/token', DISCOVERY, '/v2/token']


@pytest.mark.parametrize(
    ('answer', 'kind'),
    [
        pytest.param(httpx.Response(400, json={'error': 'invalid_grant'}), CodeRefused, id='refused'),
        pytest.param(httpx.Response(404, json={'error': 'invalid_grant'}), CodeRefused, id='refused with 404'),
        pytest.param(httpx.Response(503), ProviderFailed, id='503'),
        pytest.param(httpx.ReadTimeout('slow'), ProviderUnreachable, id='no answer, though it was sent'),
    ],
)
async def test_what_an_endpoint_may_have_used_up_is_not_sent_again(
    oidc: ProviderClient,
    scripted: ScriptedProvider,
    clock: FakeClock,
    answer: httpx.Response | Exception,
    kind: type[Exception],
) -> None:
    await signed_in(oidc, scripted)
    await clock.advance(REFETCH_INTERVAL)
    moves_its_token_endpoint(scripted, answer)
    scripted.requests.clear()
    with pytest.raises(kind):
        await signed_in(oidc, scripted)
    assert scripted.paths == ['/token']


async def test_an_endpoint_that_is_down_where_it_always_was_is_asked_once(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    await signed_in(oidc, scripted)
    await clock.advance(REFETCH_INTERVAL)
    scripted.instead['/token'] = httpx.ConnectError('down')
    scripted.requests.clear()
    for _ in range(3):
        with pytest.raises(ProviderUnreachable):
            await signed_in(oidc, scripted)
    assert scripted.paths == ['/token', DISCOVERY, '/token', '/token']


async def test_a_document_is_fetched_at_most_once_a_minute_whatever_is_answered(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    scripted.instead['/token'] = httpx.Response(404)
    for _ in range(60):
        with pytest.raises(ProviderFailed):
            await signed_in(oidc, scripted)
        await clock.advance(5)
    assert fetches(scripted) == 5


async def test_a_userinfo_endpoint_that_moved_is_found(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    await oidc.metadata()
    await clock.advance(REFETCH_INTERVAL)
    scripted.instead['/userinfo'] = httpx.Response(404)
    scripted.moved['/v2/userinfo'] = '/userinfo'
    says(scripted, userinfo_endpoint=f'{ISSUER}/v2/userinfo')
    assert ((await oidc.userinfo('the-access-token', 'alice')) or {})['email'] == 'alice@example.com'


# Answers that contradict it


@pytest.mark.parametrize('old_place', [httpx.Response(404), httpx.Response(200, json={'keys': [signer().jwk()]})])
async def test_keys_that_moved_are_found(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock, old_place: httpx.Response
) -> None:
    await signed_in(oidc, scripted)
    await clock.advance(REFETCH_INTERVAL)
    scripted.signer = signer(kid='new')
    scripted.instead['/jwks'] = old_place
    scripted.moved['/v2/jwks'] = '/jwks'
    says(scripted, jwks_uri=f'{ISSUER}/v2/jwks')
    assert (await signed_in(oidc, scripted)).claims['sub'] == 'alice'


async def test_an_algorithm_that_is_listed_since_is_found(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    says(scripted, id_token_signing_alg_values_supported=['RS256'])
    await signed_in(oidc, scripted)
    await clock.advance(REFETCH_INTERVAL)
    scripted.signer = signer('ES256', kid='new')
    says(scripted, id_token_signing_alg_values_supported=['ES256'])
    assert (await signed_in(oidc, scripted)).claims['sub'] == 'alice'


async def test_a_forged_id_token_stays_refused_when_the_document_is_the_same(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    await signed_in(oidc, scripted)
    await clock.advance(REFETCH_INTERVAL)
    scripted.signer, honest = signer(owner='mallory'), scripted.signer
    scripted.instead['/jwks'] = httpx.Response(200, json={'keys': [honest.jwk()]})
    with pytest.raises(InvalidIdToken):
        await signed_in(oidc, scripted)
    assert fetches(scripted) == 2


async def test_a_promise_to_name_the_issuer_that_was_taken_back_is_noticed(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    says(scripted, authorization_response_iss_parameter_supported=True)
    request = await oidc.sign_in_request(CALLBACK)
    response = AuthorizationResponse('the-code', request.state)
    with pytest.raises(InvalidResponse, match='promises'):
        await oidc.redeem(request, response)
    says(scripted)
    await clock.advance(REFETCH_INTERVAL)
    scripted.answer(request)
    assert (await oidc.redeem(request, response)).claims['sub'] == 'alice'


async def test_a_client_authentication_that_changed_is_used_the_next_time(
    scripted: ScriptedProvider, clock: FakeClock, confidential: ProviderClient
) -> None:
    await signed_in(confidential, scripted)
    await clock.advance(REFETCH_INTERVAL)
    scripted.instead['/token'] = httpx.Response(401, json={'error': 'invalid_client'})
    says(scripted, token_endpoint_auth_methods_supported=['client_secret_post'])
    with pytest.raises(Exception, match='invalid_client'):
        await signed_in(confidential, scripted)
    await settle()
    scripted.instead['/token'] = httpx.Response(200, json=token_document())
    with pytest.raises(InvalidIdToken):  # which this answer lacks
        await signed_in(confidential, scripted)
    assert 'Authorization' not in scripted.requests[-1].headers
