"""What a provider changes while the app runs is noticed, and a document that got worse changes nothing."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx
import pytest

from app.errors import CodeRefused, InvalidIdToken, InvalidResponse, ProviderFailed, ProviderUnreachable
from app.oidc.authorization import AuthorizationResponse
from app.oidc.endpoints.discovery import LIFETIME, REFETCH_INTERVAL
from app.oidc.provider_client import ProviderClient
from tests.clock import FakeClock, settle
from tests.oidc.conftest import signed_in
from tests.oidc.documents import CALLBACK, ISSUER, discovery, token_document
from tests.oidc.scripted_provider import DISCOVERY, ScriptedProvider
from tests.oidc.signer import signer

MOVED = f'{ISSUER}/v2/token'
GONE: list[Any] = [
    pytest.param(httpx.Response(404), id='404'),
    pytest.param(httpx.Response(410, text='<html>'), id='410'),
    pytest.param(httpx.Response(405), id='405'),
    pytest.param(httpx.Response(308, headers={'Location': MOVED}), id='a redirect'),
    pytest.param(httpx.ConnectError('refused'), id='nobody listens'),
    pytest.param(httpx.ConnectTimeout('no such machine'), id='no such machine'),
]
WORSE: list[Any] = [
    pytest.param(httpx.ConnectError('down'), id='out of reach'),
    pytest.param(httpx.ReadTimeout('slow'), id='too slow'),
    pytest.param(httpx.Response(503), id='503'),
    pytest.param(httpx.Response(404), id='404'),
    pytest.param(httpx.Response(200, text='<html>maintenance'), id='no JSON'),
    pytest.param(httpx.Response(200, json=discovery() | {'issuer': 'https://evil.example'}), id='another issuer'),
    pytest.param(httpx.Response(200, json=discovery(token_endpoint=None)), id='a missing endpoint'),
    pytest.param(httpx.Response(200, json=discovery(token_endpoint='http://login.example.com/t')), id='plain http'),
    pytest.param(httpx.Response(200, json=discovery(id_token_signing_alg_values_supported=['HS256'])), id='HS256 only'),
]


def says(scripted: ScriptedProvider, **changes: Any) -> None:
    """From now on the discovery document is this one."""
    scripted.instead[DISCOVERY] = httpx.Response(200, json=discovery(**changes))


def moves_its_token_endpoint(scripted: ScriptedProvider, gone: httpx.Response | Exception) -> None:
    scripted.instead['/token'] = gone
    says(scripted, token_endpoint=MOVED)
    scripted.moved['/v2/token'] = '/token'


def fetches(scripted: ScriptedProvider) -> int:
    return scripted.paths.count(DISCOVERY)


# Its lifetime


async def test_a_document_is_kept_for_its_lifetime(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    await oidc.metadata()
    says(scripted, token_endpoint=MOVED)
    await clock.advance(LIFETIME - 1)
    await oidc.metadata()
    await settle()
    assert fetches(scripted) == 1


async def test_an_old_document_is_used_once_more_while_a_new_one_is_fetched(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    old = await oidc.metadata()
    says(scripted, token_endpoint=MOVED)
    await clock.advance(LIFETIME)
    assert await oidc.metadata() == old
    await settle()
    assert (await oidc.metadata()).token_endpoint == MOVED


async def test_a_renewal_goes_on_with_the_old_document_while_the_new_one_does_not_come(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    await signed_in(oidc, scripted)
    await clock.advance(LIFETIME)
    release = scripted.hang(DISCOVERY)
    scripted.claims = {'exp': clock.now() + 300, 'iat': clock.now()}
    assert (await asyncio.wait_for(signed_in(oidc, scripted, 'alice'), 5)).claims['sub'] == 'alice'
    release.set()


async def test_ten_people_at_once_fetch_an_old_document_once(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    await oidc.metadata()
    await clock.advance(LIFETIME)
    await asyncio.gather(*(oidc.sign_in_request(CALLBACK) for _ in range(10)))
    await settle()
    assert fetches(scripted) == 2


async def test_a_clock_that_is_set_does_not_make_a_document_old(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    await oidc.metadata()
    clock.set(clock.now() + 10 * LIFETIME)
    await oidc.metadata()
    await settle()
    assert fetches(scripted) == 1


# A document that got worse


@pytest.mark.parametrize('answer', WORSE)
async def test_a_document_that_got_worse_never_replaces_a_good_one(
    oidc: ProviderClient,
    scripted: ScriptedProvider,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
    answer: httpx.Response | Exception,
) -> None:
    good = await oidc.metadata()
    scripted.instead[DISCOVERY] = answer
    await clock.advance(LIFETIME)
    for _ in range(3):
        assert await oidc.metadata() == good
        await settle()
    assert fetches(scripted) == 2
    assert 'stays as it was' in caplog.text
    says(scripted, token_endpoint=MOVED)
    await clock.advance(REFETCH_INTERVAL)
    await oidc.metadata()
    await settle()
    assert (await oidc.metadata()).token_endpoint == MOVED


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
