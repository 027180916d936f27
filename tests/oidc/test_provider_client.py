"""The provider over the network: what is asked, how often, and what becomes of bad answers."""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from app.errors import (
    AuthError,
    ClientRefused,
    CodeRefused,
    DiscoveryInvalid,
    InteractionRequired,
    InvalidIdToken,
    InvalidResponse,
    ProviderFailed,
    ProviderUnreachable,
    SubjectMismatch,
)
from app.oidc.authorization import AuthorizationResponse
from app.oidc.http import MAX_ANSWER, MAX_DOCUMENT, http_client
from app.oidc.id_token import MAX_LENGTH
from app.oidc.metadata import Registration
from app.oidc.provider_client import ProviderClient
from tests.clock import START, FakeClock
from tests.oidc.conftest import HOME, signed_in
from tests.oidc.documents import CALLBACK, CLIENT_ID, ISSUER, discovery
from tests.oidc.scripted_provider import DISCOVERY, ScriptedProvider
from tests.oidc.signer import signer, unsigned


async def test_nothing_is_asked_before_it_is_needed(oidc: ProviderClient, scripted: ScriptedProvider) -> None:
    assert scripted.requests == []
    assert oidc.known is None


async def test_a_sign_in_asks_each_thing_once(oidc: ProviderClient, scripted: ScriptedProvider) -> None:
    grant = await signed_in(oidc, scripted)
    assert (grant.claims['sub'], grant.tokens.access_token) == ('alice', 'the-access-token')
    assert scripted.paths == [DISCOVERY, '/token', '/jwks']


async def test_the_next_sign_in_makes_exactly_one_token_request(
    oidc: ProviderClient, scripted: ScriptedProvider
) -> None:
    await signed_in(oidc, scripted)
    scripted.requests.clear()
    await signed_in(oidc, scripted)
    assert scripted.paths == ['/token']


async def test_ten_sign_ins_at_once_find_the_provider_once(oidc: ProviderClient, scripted: ScriptedProvider) -> None:
    await asyncio.gather(*(oidc.sign_in_request(CALLBACK) for _ in range(10)))
    assert scripted.paths == [DISCOVERY]


async def test_the_token_request_is_the_requests_own(oidc: ProviderClient, scripted: ScriptedProvider) -> None:
    request = await oidc.silent_request(f'{HOME}silent')
    await oidc.redeem(request, scripted.answer(request))
    (sent,) = [asked for asked in scripted.requests if asked.url.path == '/token']
    assert sent.method == 'POST'
    assert 'Cookie' not in sent.headers
    assert dict(parse_qsl(sent.content.decode())) == {
        'grant_type': 'authorization_code',
        'code': 'the-code',
        'redirect_uri': f'{HOME}silent',
        'code_verifier': request.code_verifier,
        'client_id': CLIENT_ID,
    }


async def test_a_lifetime_counts_from_before_the_request(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    request = await oidc.sign_in_request(CALLBACK)
    await clock.advance(7)
    assert (await oidc.redeem(request, scripted.answer(request))).requested_at == START + 7


@pytest.mark.parametrize('algorithm', ['RS256', 'RS512', 'ES256', 'EdDSA'])
async def test_a_key_that_was_rotated_between_two_sign_ins_is_found(
    oidc: ProviderClient, scripted: ScriptedProvider, algorithm: str
) -> None:
    """[signing-key-rotation]"""
    await signed_in(oidc, scripted)
    scripted.requests.clear()
    scripted.signer = signer(algorithm, kid='new')
    await signed_in(oidc, scripted)
    assert scripted.paths == ['/token', '/jwks']


@pytest.mark.tutorial_bug(7)
@pytest.mark.parametrize(
    'claims',
    [
        pytest.param({'iss': 'https://evil.example'}, id='[invalid-iss]'),
        pytest.param({'aud': 'another-app'}, id='[invalid-aud]'),
        pytest.param({'sub': None}, id='[missing-sub]'),
        pytest.param({'exp': START - 3600}, id='expired'),
        pytest.param({'iat': START + 3600}, id='from the future'),
        pytest.param({'nonce': 'another'}, id='[nonce-invalid]'),
        pytest.param({'nonce': None}, id='missing nonce'),
        pytest.param({'at_hash': 'x' * 22}, id='[invalid-athash]'),
    ],
)
async def test_a_bad_id_token_is_no_sign_in(
    oidc: ProviderClient, scripted: ScriptedProvider, claims: dict[str, Any]
) -> None:
    scripted.claims = claims
    with pytest.raises(InvalidIdToken):
        await signed_in(oidc, scripted)


@pytest.mark.tutorial_bug(7)
async def test_an_id_token_that_the_provider_did_not_sign_is_no_sign_in(
    oidc: ProviderClient, scripted: ScriptedProvider
) -> None:
    request = await oidc.sign_in_request(CALLBACK)
    response = scripted.answer(request)
    mallory = ScriptedProvider()
    mallory.signer = signer(owner='mallory')
    mallory.answer(request)
    for forged in (mallory.id_token(), unsigned({'iss': ISSUER, 'sub': 'alice', 'aud': CLIENT_ID}), 'undefined'):
        scripted.tokens = {'id_token': forged}
        with pytest.raises(InvalidIdToken):
            await oidc.redeem(request, response)


async def test_a_token_response_without_id_token_is_no_sign_in(
    oidc: ProviderClient, scripted: ScriptedProvider
) -> None:
    scripted.tokens = {'id_token': None}
    with pytest.raises(InvalidIdToken, match='no ID token'):
        await signed_in(oidc, scripted)


@pytest.mark.tutorial_bug(7)
async def test_a_forged_answer_never_reaches_the_token_endpoint(
    oidc: ProviderClient, scripted: ScriptedProvider
) -> None:
    request = await oidc.sign_in_request(CALLBACK)
    for response in (
        AuthorizationResponse('the-code', 'a state that was never sent'),
        AuthorizationResponse('the-code'),
        AuthorizationResponse('the-code', request.state, iss='https://evil.example'),
        AuthorizationResponse(None, request.state),
    ):
        with pytest.raises(InvalidResponse):
            await oidc.redeem(request, response)
    assert scripted.paths == [DISCOVERY]


@pytest.mark.tutorial_bug(6)
async def test_an_error_is_never_a_grant(oidc: ProviderClient, scripted: ScriptedProvider) -> None:
    request = await oidc.sign_in_request(CALLBACK)
    with pytest.raises(InteractionRequired):
        await oidc.redeem(request, AuthorizationResponse(None, request.state, 'login_required'))
    assert scripted.paths == [DISCOVERY]


@pytest.mark.tutorial_bug(6)
@pytest.mark.parametrize(
    ('answer', 'kind'),
    [
        pytest.param(httpx.Response(400, json={'error': 'invalid_grant'}), CodeRefused, id='invalid_grant'),
        pytest.param(httpx.Response(401, json={'error': 'invalid_client'}), ClientRefused, id='invalid_client'),
        pytest.param(httpx.Response(200, json={'error': 'invalid_grant'}), CodeRefused, id='an error with 200'),
        pytest.param(httpx.Response(403), ProviderFailed, id='403 without a body'),
        pytest.param(httpx.Response(200, text='<html>'), ProviderFailed, id='html'),
        pytest.param(httpx.Response(302, headers={'Location': '/'}), ProviderFailed, id='a redirect'),
        pytest.param(httpx.Response(500), ProviderFailed, id='500'),
        pytest.param(httpx.ReadTimeout('slow'), ProviderUnreachable, id='a timeout'),
    ],
)
async def test_a_refused_code_is_never_a_grant(
    oidc: ProviderClient, scripted: ScriptedProvider, answer: httpx.Response | Exception, kind: type[AuthError]
) -> None:
    scripted.instead['/token'] = answer
    with pytest.raises(kind):
        await signed_in(oidc, scripted)
    assert scripted.paths == [DISCOVERY, '/token']


@pytest.mark.tutorial_bug(19)
async def test_a_renewal_for_somebody_else_is_refused(oidc: ProviderClient, scripted: ScriptedProvider) -> None:
    """[refresh-token-invalid-sub] [should enforce a matching sub claim]"""
    await signed_in(oidc, scripted, subject='alice')
    scripted.claims = {'sub': 'bob'}
    with pytest.raises(SubjectMismatch):
        await signed_in(oidc, scripted, subject='alice')


@pytest.mark.parametrize('answer', [httpx.ConnectError('down'), httpx.Response(503)], ids=['no network', '503'])
async def test_a_provider_that_is_down_at_first_is_found_later(
    oidc: ProviderClient, scripted: ScriptedProvider, answer: httpx.Response | Exception
) -> None:
    scripted.instead[DISCOVERY] = answer
    with pytest.raises((ProviderUnreachable, ProviderFailed)):
        await oidc.sign_in_request(CALLBACK)
    scripted.instead.clear()
    assert (await signed_in(oidc, scripted)).claims['sub'] == 'alice'


async def test_a_wrong_discovery_document_is_not_kept(oidc: ProviderClient, scripted: ScriptedProvider) -> None:
    """[discovery-issuer-mismatch]"""
    scripted.instead[DISCOVERY] = httpx.Response(200, json=discovery() | {'issuer': f'{ISSUER}/'})
    with pytest.raises(DiscoveryInvalid):
        await oidc.metadata()
    assert oidc.known is None
    scripted.instead.clear()
    assert (await oidc.metadata()).issuer == ISSUER


async def test_keys_that_are_out_of_reach_end_nothing(oidc: ProviderClient, scripted: ScriptedProvider) -> None:
    scripted.instead['/jwks'] = httpx.ConnectError('down')
    with pytest.raises(ProviderUnreachable):
        await signed_in(oidc, scripted)
    scripted.instead.clear()
    assert (await signed_in(oidc, scripted)).claims['sub'] == 'alice'


# Limits


async def test_a_discovery_document_and_a_key_set_may_be_larger_than_a_token_answer(
    oidc: ProviderClient, scripted: ScriptedProvider
) -> None:
    padding = {'padding': 'x' * (MAX_DOCUMENT - 5000)}
    scripted.instead[DISCOVERY] = httpx.Response(200, json=discovery() | padding)
    scripted.instead['/jwks'] = httpx.Response(200, json={'keys': [scripted.signer.jwk()]} | padding)
    assert (await signed_in(oidc, scripted)).claims['sub'] == 'alice'


@pytest.mark.parametrize(
    ('path', 'limit'), [(DISCOVERY, MAX_DOCUMENT), ('/jwks', MAX_DOCUMENT), ('/token', MAX_ANSWER)]
)
async def test_an_answer_that_is_too_large_is_no_sign_in(
    oidc: ProviderClient, scripted: ScriptedProvider, path: str, limit: int
) -> None:
    scripted.instead[path] = httpx.Response(200, json={'padding': 'x' * limit})
    with pytest.raises(ProviderFailed, match=f'{path}: HTTP 200, larger than {limit} bytes'):
        await signed_in(oidc, scripted)


async def test_userinfo_that_is_too_large_is_left_out_and_the_log_says_so(
    oidc: ProviderClient, scripted: ScriptedProvider, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.userinfo = {'sub': 'alice', 'padding': 'x' * MAX_ANSWER}
    assert await oidc.userinfo('the-access-token', 'alice') is None
    assert 'larger than' in caplog.text


async def test_a_huge_id_token_is_refused_before_it_is_verified(
    oidc: ProviderClient, scripted: ScriptedProvider
) -> None:
    scripted.claims = {'groups': ['x' * 50] * (MAX_LENGTH // 50)}
    with pytest.raises(InvalidIdToken, match=f'the ID token is longer than {MAX_LENGTH} characters'):
        await signed_in(oidc, scripted)
    assert scripted.paths == [DISCOVERY, '/token']  # the keys are not even fetched


# What is written down


@pytest.mark.tutorial_bug(20)
async def test_no_secret_is_ever_logged(clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger='httpx')  # which `main.py` makes quieter
    scripted = ScriptedProvider()
    scripted.tokens = {'refresh_token': 'the-refresh-token'}
    registration = Registration(CLIENT_ID, 'openid', client_secret='the-client-secret')
    async with scripted.served(), http_client(trust_env=False) as http:
        oidc = ProviderClient(scripted.issuer, registration, http, clock)
        request = await oidc.sign_in_request(CALLBACK)
        grant = await oidc.redeem(request, scripted.answer(request))
        logging.getLogger('test').info('%s %r', grant, request)
        await oidc.userinfo(grant.tokens.access_token, 'alice')
        scripted.instead = {'/userinfo': httpx.Response(401), '/token': httpx.Response(500)}
        await oidc.userinfo(grant.tokens.access_token, 'alice')
        with pytest.raises(ProviderFailed) as failed:
            await oidc.redeem(request, scripted.answer(request))
        logging.getLogger('test').error('renewal failed: %s', failed.value, exc_info=failed.value)
    credentials = next(asked.headers['authorization'] for asked in scripted.requests if asked.url.path == '/token')
    assert {'httpcore.http11', 'httpx', 'app.oidc.endpoints.userinfo', 'test'} <= {
        record.name for record in caplog.records
    }
    for secret in (
        'the-access-token',
        'the-refresh-token',
        'the-client-secret',
        'the-code',
        credentials.removeprefix('Basic '),
        grant.id_token,
        grant.id_token.split('.')[2],
        request.code_verifier,
        request.state,
    ):
        assert secret not in caplog.text
