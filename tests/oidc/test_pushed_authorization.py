"""Pushed authorization requests (RFC 9126)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import jwt
import pytest

from app.errors import AuthError, DiscoveryInvalid
from app.oidc.client_auth.credential import PrivateKeyJwt
from app.oidc.client_auth.signing_key import SigningKey
from app.oidc.http import http_client
from app.oidc.metadata import Registration
from app.oidc.provider_client import ProviderClient
from tests.clock import FakeClock, settle
from tests.oidc.client_auth.keys import key_file
from tests.oidc.documents import CALLBACK, CLIENT_ID, ISSUER, REGISTRATION, discovery
from tests.oidc.scripted_provider import DISCOVERY, ScriptedProvider

PAR = {'pushed_authorization_request_endpoint': f'{ISSUER}/par'}
REQUIRED = PAR | {'require_pushed_authorization_requests': True}
REQUEST_URI = 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c'
PUSHED = httpx.Response(201, json={'request_uri': REQUEST_URI, 'expires_in': 60})
WITH_SECRET = replace(REGISTRATION, client_secret='the-client-secret')
MakeClient = Callable[..., Any]


@pytest.fixture
def client(scripted: ScriptedProvider, clock: FakeClock) -> MakeClient:
    """A function that makes the client of a provider with this document, and this answer at `/par`."""

    @asynccontextmanager
    async def client(
        registration: Registration, answer: httpx.Response | Exception = PUSHED, **document: Any
    ) -> AsyncIterator[ProviderClient]:
        scripted.instead |= {DISCOVERY: httpx.Response(200, json=discovery(**document)), '/par': answer}
        async with http_client(httpx.MockTransport(scripted.handle)) as http:
            yield ProviderClient(ISSUER, registration, http, clock)

    return client


def query(url: str) -> dict[str, str]:
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    assert len(pairs) == len(dict(pairs))
    return dict(pairs)


def pushed(scripted: ScriptedProvider) -> dict[str, str]:
    """The form of the latest request, which was a push."""
    request = scripted.requests[-1]
    assert (request.method, request.url.path) == ('POST', '/par')
    pairs = parse_qsl(request.content.decode(), keep_blank_values=True)
    assert len(pairs) == len(dict(pairs))
    return dict(pairs)


async def test_all_is_pushed_and_the_url_names_no_more_than_where(
    client: MakeClient, scripted: ScriptedProvider
) -> None:
    async with client(REGISTRATION, **REQUIRED) as oidc:
        request = await oidc.sign_in_request(CALLBACK, 'login')
    assert urlsplit(request.url)._replace(query='').geturl() == f'{ISSUER}/authorize'
    assert query(request.url) == {'client_id': CLIENT_ID, 'request_uri': REQUEST_URI}
    form = pushed(scripted)
    assert form.pop('code_challenge')
    assert form == {
        'client_id': CLIENT_ID,
        'response_type': 'code',
        'redirect_uri': CALLBACK,
        'scope': 'openid profile email',
        'state': request.state,
        'nonce': request.nonce,
        'code_challenge_method': 'S256',
        'prompt': 'login',
    }


async def test_a_silent_request_is_pushed_too_with_a_hint_of_any_length(
    client: MakeClient, scripted: ScriptedProvider
) -> None:
    hint = 'h' * 5000
    async with client(REGISTRATION, **REQUIRED) as oidc:
        quirks = oidc.quirks.with_hint()
        request = await oidc.silent_request(CALLBACK, hint, quirks)
    assert query(request.url) == {'client_id': CLIENT_ID, 'request_uri': REQUEST_URI}
    form = pushed(scripted)
    assert (form['prompt'], form['id_token_hint'], form['response_mode']) == ('none', hint, 'fragment')


@pytest.mark.parametrize(
    ('par', 'document', 'is_pushed'),
    [
        ('auto', {}, False),
        ('auto', PAR, False),
        ('auto', REQUIRED, True),
        ('auto', PAR | {'require_pushed_authorization_requests': 'true'}, False),
        ('always', PAR, True),
        ('never', REQUIRED, False),
    ],
)
async def test_it_is_pushed_where_that_is_required_or_wanted(
    client: MakeClient, scripted: ScriptedProvider, par: Any, document: dict[str, Any], is_pushed: bool
) -> None:
    async with client(replace(REGISTRATION, par=par), **document) as oidc:
        request = await oidc.sign_in_request(CALLBACK)
    assert ('/par' in scripted.paths) is is_pushed
    assert ('state' in query(request.url)) is not is_pushed


@pytest.mark.parametrize(
    ('par', 'document'),
    [
        ('always', {}),
        ('always', {'pushed_authorization_request_endpoint': 'http://login.example.com/par'}),
        ('auto', {'require_pushed_authorization_requests': True}),
    ],
    ids=['wanted', 'at no safe address', 'required'],
)
async def test_a_provider_without_a_place_for_it_is_refused(
    client: MakeClient, par: Any, document: dict[str, Any]
) -> None:
    async with client(replace(REGISTRATION, par=par), **document) as oidc:
        with pytest.raises(DiscoveryInvalid, match='pushed_authorization_request_endpoint'):
            await oidc.sign_in_request(CALLBACK)


async def test_the_client_shows_itself_as_at_the_token_endpoint(client: MakeClient, scripted: ScriptedProvider) -> None:
    async with client(WITH_SECRET, **REQUIRED) as oidc:
        await oidc.sign_in_request(CALLBACK)
    assert scripted.requests[-1].headers['Authorization'].startswith('Basic ')
    assert pushed(scripted)['client_id'] == CLIENT_ID
    async with client(WITH_SECRET, **REQUIRED, token_endpoint_auth_methods_supported=['client_secret_post']) as oidc:
        await oidc.sign_in_request(CALLBACK)
    assert pushed(scripted)['client_secret'] == 'the-client-secret'


async def test_an_assertion_for_it_is_good_for_the_issuer(
    client: MakeClient, scripted: ScriptedProvider, tmp_path: Path
) -> None:
    """RFC 9126 §2: not for the endpoint."""
    credential = PrivateKeyJwt(SigningKey.read(key_file(tmp_path, 'P-256')))
    async with client(replace(REGISTRATION, credential=credential), **REQUIRED) as oidc:
        await oidc.sign_in_request(CALLBACK)
    assertion = jwt.decode(pushed(scripted)['client_assertion'], options={'verify_signature': False})
    assert assertion['aud'] == ISSUER


async def test_what_the_address_of_the_provider_has_of_its_own_stays_there(
    client: MakeClient, scripted: ScriptedProvider
) -> None:
    """As Azure AD B2C has it."""
    endpoint = f'{ISSUER}/authorize?p=b2c_1_sign_in'
    async with client(REGISTRATION, **REQUIRED, authorization_endpoint=endpoint) as oidc:
        request = await oidc.sign_in_request(CALLBACK)
    assert query(request.url) == {'p': 'b2c_1_sign_in', 'client_id': CLIENT_ID, 'request_uri': REQUEST_URI}
    assert 'p' not in pushed(scripted)


@pytest.mark.parametrize(
    ('answer', 'code'),
    [
        (httpx.Response(400, json={'error': 'invalid_request', 'error_description': 'no'}), 'invalid_request'),
        (httpx.Response(401, json={'error': 'invalid_client'}), 'invalid_client'),
        (httpx.Response(400, json={'error': 'invalid_scope'}), 'invalid_scope'),
        (httpx.Response(429), 'provider_failed'),
        (httpx.Response(503), 'provider_failed'),
        (httpx.Response(413, text='<html>'), 'provider_failed'),
        (httpx.Response(201, json={'expires_in': 60}), 'provider_failed'),
        (httpx.Response(201, json={'request_uri': ''}), 'provider_failed'),
        (httpx.Response(201, json={'request_uri': 'urn:a b'}), 'provider_failed'),
        (httpx.Response(201, json={'request_uri': 'u' * 5000}), 'provider_failed'),
        (httpx.Response(201, json={'request_uri': 7}), 'provider_failed'),
        (httpx.ReadTimeout('slow'), 'provider_unreachable'),
    ],
)
async def test_what_the_provider_says_against_it_is_the_error_of_the_sign_in(
    client: MakeClient, answer: httpx.Response | Exception, code: str
) -> None:
    async with client(WITH_SECRET, answer, **REQUIRED) as oidc:
        with pytest.raises(AuthError) as failed:
            await oidc.sign_in_request(CALLBACK)
    assert failed.value.code == code
    assert 'the-client-secret' not in f'{failed.value!r} {failed.value}'


async def test_where_the_endpoint_has_moved_it_is_pushed_to_the_new_one(
    client: MakeClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    async with client(REGISTRATION, httpx.Response(404), **REQUIRED) as oidc:
        await oidc.metadata()
        await clock.advance(3600)
        moved: dict[str, Any] = {**REQUIRED, 'pushed_authorization_request_endpoint': f'{ISSUER}/v2/par'}
        scripted.instead |= {DISCOVERY: httpx.Response(200, json=discovery(**moved)), '/v2/par': PUSHED}
        request = await oidc.sign_in_request(CALLBACK)
    assert query(request.url)['request_uri'] == REQUEST_URI


async def test_a_provider_that_refuses_the_client_is_looked_at_again(
    client: MakeClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    """It may want another authentication than it did."""
    async with client(WITH_SECRET, httpx.Response(401, json={'error': 'invalid_client'}), **REQUIRED) as oidc:
        await oidc.metadata()
        await clock.advance(60)
        with pytest.raises(AuthError):
            await oidc.sign_in_request(CALLBACK)
        await settle()
    assert scripted.paths.count(DISCOVERY) == 2
