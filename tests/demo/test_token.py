from __future__ import annotations

import base64
import hashlib
import logging
from typing import Any

import jwt
import pytest

from tests.clock import FakeClock
from tests.demo.conftest import (
    CLIENT_SECRET,
    CONFIDENTIAL,
    ISSUER,
    OFFLINE,
    OTHER,
    PUBLIC,
    REDIRECT_URI,
    REDIRECT_URI_WITH_QUERY,
    TOKEN_LIFETIME,
    VERIFIER,
    Browser,
    MakeDemo,
    error_of,
)

API_SCOPES = 'read:messages write:messages'


def half_hash(token: str) -> str:
    """OpenID Connect Core §3.1.3.6."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).decode().rstrip('=')


async def test_a_code_brings_an_id_token_with_everything_that_the_client_checks(
    alice: Browser, clock: FakeClock
) -> None:
    signed_in_at = clock.now()
    clock.set(signed_in_at + 40)
    tokens = await alice.tokens()
    claims = await alice.claims(tokens['id_token'])
    assert claims['sub'] == 'demo|alice'
    assert claims['aud'] == PUBLIC
    assert claims['nonce'] == 'the nonce'
    assert claims['auth_time'] == signed_in_at
    assert claims['iat'] == clock.now() < claims['exp']
    assert claims['at_hash'] == half_hash(tokens['access_token'])
    assert claims['sid']
    assert claims['name'] == 'Alice Adams'
    assert claims['email'] == 'alice@example.com'


async def test_no_token_is_logged_and_whoever_else_uses_authlib_logs_what_they_like(
    alice: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, 'authlib')
    tokens = await alice.tokens(scope=OFFLINE)
    renewed = await alice.refresh(tokens['refresh_token'])
    issued = [*tokens.values(), *renewed.json().values()]
    assert not [token for token in issued if isinstance(token, str) and len(token) > 40 and token in caplog.text]
    logging.getLogger('authlib.oauth2.rfc6749.grants.refresh_token').debug('Issue token %r to %r', 'theirs', 'them')
    assert 'theirs' in caplog.text


async def test_a_request_without_nonce_brings_an_id_token_without_nonce(alice: Browser) -> None:
    assert 'nonce' not in await alice.claims((await alice.tokens(nonce=None))['id_token'])


async def test_the_claims_are_those_of_the_scope(alice: Browser) -> None:
    claims = await alice.claims((await alice.tokens(scope='openid'))['id_token'])
    assert not claims.keys() & {'name', 'nickname', 'picture', 'email'}


async def test_without_openid_there_is_no_id_token(alice: Browser) -> None:
    assert 'id_token' not in await alice.tokens(scope='profile')


async def test_the_sid_stays_with_the_sign_in_and_changes_with_the_next(alice: Browser) -> None:
    async def sid() -> Any:
        return (await alice.claims((await alice.tokens())['id_token']))['sid']

    first = await sid()
    assert await sid() == first
    await alice.click('alice')
    assert await sid() != first


@pytest.mark.parametrize('lifetime', [5, 120, 3600])
async def test_an_access_token_lives_as_long_as_was_set(make_demo: MakeDemo, clock: FakeClock, lifetime: int) -> None:
    browser = Browser(make_demo(lifetime=lifetime))
    await browser.click('alice')
    tokens = await browser.tokens()
    claims = await browser.claims(tokens['access_token'], audience=f'{ISSUER}/api')
    assert (tokens['expires_in'], claims['iat'], claims['exp']) == (lifetime, clock.now(), clock.now() + lifetime)


async def test_the_access_token_is_a_jwt_for_the_api(alice: Browser) -> None:
    """RFC 9068 §2."""
    tokens = await alice.tokens(scope=f'openid {API_SCOPES}')
    claims = await alice.claims(tokens['access_token'], audience=f'{ISSUER}/api')
    assert jwt.get_unverified_header(tokens['access_token'])['typ'] == 'at+jwt'
    assert (claims['sub'], claims['client_id'], claims['scope']) == ('demo|alice', PUBLIC, tokens['scope'])
    assert claims['jti'] != (await alice.claims((await alice.tokens())['access_token'], f'{ISSUER}/api'))['jti']


async def test_a_token_response_is_not_cached(alice: Browser) -> None:
    response = await alice.redeem(await alice.code())
    assert response.headers['Cache-Control'] == 'no-store'
    assert response.json()['token_type'] == 'Bearer'


@pytest.mark.parametrize(
    ('person', 'asked', 'granted'),
    [
        pytest.param('alice', f'openid {API_SCOPES}', {'openid', 'read:messages', 'write:messages'}, id='Alice, all'),
        pytest.param('bob', f'openid {API_SCOPES}', {'openid', 'read:messages'}, id='Bob, all'),
        pytest.param('bob', 'openid write:messages', {'openid'}, id='Bob, what he must not'),
        pytest.param('alice', 'openid', {'openid'}, id='Alice, nothing'),
        pytest.param('alice', 'openid phone delete:everything', {'openid'}, id='unknown ones'),
    ],
)
async def test_people_grant_what_was_asked_for_as_far_as_they_may(
    browser: Browser, person: str, asked: str, granted: set[str]
) -> None:
    await browser.click(person)
    tokens = await browser.tokens(scope=asked)
    claims = await browser.claims(tokens['access_token'], audience=f'{ISSUER}/api')
    assert set(tokens['scope'].split()) == set(claims['scope'].split()) == granted


@pytest.mark.parametrize(
    ('wrong', 'error'),
    [
        pytest.param({'code_verifier': VERIFIER[:-1] + 'x'}, 'invalid_grant', id='another verifier'),
        pytest.param({'code_verifier': None}, 'invalid_request', id='no verifier'),
        pytest.param({'code_verifier': 'short'}, 'invalid_request', id='short verifier'),
        pytest.param({'redirect_uri': REDIRECT_URI_WITH_QUERY}, 'invalid_grant', id='another redirect_uri'),
        pytest.param({'redirect_uri': None}, 'invalid_grant', id='no redirect_uri'),
        pytest.param({'client_id': OTHER}, 'invalid_grant', id='another client'),
        pytest.param({'client_id': 'nobody'}, 'invalid_client', id='unknown client'),
        pytest.param({'client_id': None}, 'invalid_client', id='no client'),
        pytest.param({'client_id': CONFIDENTIAL}, 'invalid_client', id='a client that did not authenticate'),
        pytest.param({'code': 'made up'}, 'invalid_grant', id='another code'),
        pytest.param({'code': None}, 'invalid_request', id='no code'),
        pytest.param({'grant_type': 'password'}, 'unsupported_grant_type', id='another grant type'),
        pytest.param({'grant_type': 'client_credentials'}, 'unsupported_grant_type', id='no person'),
    ],
)
async def test_a_code_is_not_redeemed_for_a_request_that_is(alice: Browser, wrong: dict[str, Any], error: str) -> None:
    assert error_of(await alice.redeem(await alice.code(), **wrong)) == error


async def test_a_code_cannot_be_tried_with_one_verifier_after_the_other(alice: Browser) -> None:
    code = await alice.code()
    assert error_of(await alice.redeem(code, code_verifier='x' * 43)) == 'invalid_grant'
    assert error_of(await alice.redeem(code)) == 'invalid_grant'


async def test_a_replayed_code_is_refused_and_revokes_what_it_brought(alice: Browser) -> None:
    code = await alice.code(scope=OFFLINE)
    tokens = (await alice.redeem(code)).json()
    renewed = (await alice.refresh(tokens['refresh_token'])).json()
    unrelated = await alice.tokens(scope=OFFLINE)
    assert error_of(await alice.redeem(code)) == 'invalid_grant'
    assert error_of(await alice.refresh(renewed['refresh_token'])) == 'invalid_grant'
    assert (await alice.refresh(unrelated['refresh_token'])).status_code == 200


@pytest.mark.parametrize(('age', 'status'), [(59, 200), (60, 400), (600, 400)])
async def test_a_code_works_for_less_than_a_minute(alice: Browser, clock: FakeClock, age: int, status: int) -> None:
    code = await alice.code()
    clock.set(clock.now() + age)
    assert (await alice.redeem(code)).status_code == status


def basic(secret: str) -> dict[str, Any]:
    return {'client_id': None, 'basic': (CONFIDENTIAL, secret)}


def post(secret: str | None) -> dict[str, Any]:
    return {'client_id': CONFIDENTIAL, 'client_secret': secret}


@pytest.mark.parametrize(
    ('credentials', 'status'),
    [
        pytest.param(basic(CLIENT_SECRET), 200, id='basic'),
        pytest.param(post(CLIENT_SECRET), 200, id='post'),
        pytest.param(basic('wrong'), 401, id='basic with a wrong secret'),
        pytest.param(post('wrong'), 401, id='post with a wrong secret'),
        pytest.param(post(''), 401, id='post with an empty secret'),
        pytest.param(post(None), 401, id='as a public client'),
    ],
)
@pytest.mark.parametrize('grant', ['code', 'refresh token'])
async def test_a_confidential_client_has_to_authenticate(
    alice: Browser, grant: str, credentials: dict[str, Any], status: int
) -> None:
    code = await alice.code(client_id=CONFIDENTIAL, scope=OFFLINE)
    if grant == 'code':
        response = await alice.redeem(code, **credentials)
    else:
        tokens = (await alice.redeem(code, **post(CLIENT_SECRET))).json()
        response = await alice.refresh(tokens['refresh_token'], **credentials)
    assert response.status_code == status
    if status == 200:
        assert (await alice.claims(response.json()['id_token'], CONFIDENTIAL))['aud'] == CONFIDENTIAL
    else:
        assert error_of(response) == 'invalid_client'


async def test_a_confidential_client_needs_the_verifier_too(alice: Browser) -> None:
    code = await alice.code(client_id=CONFIDENTIAL)
    assert error_of(await alice.redeem(code, **post(CLIENT_SECRET), code_verifier=None)) == 'invalid_request'


async def test_a_public_client_cannot_make_up_a_secret(alice: Browser) -> None:
    assert error_of(await alice.redeem(await alice.code(), client_secret='made up')) == 'invalid_client'


async def test_the_token_endpoint_has_no_use_for_cookies(alice: Browser) -> None:
    code = await alice.code()
    alice.http.cookies.clear()
    response = await alice.redeem(code, redirect_uri=REDIRECT_URI)
    assert response.json()['expires_in'] == TOKEN_LIFETIME
    assert 'Set-Cookie' not in response.headers
