"""Client authentication by a JWT that the client signs (RFC 7523 §3)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from app.demo.protocol.client_assertion import LONGEST
from tests.clock import FakeClock
from tests.demo.conftest import (
    CLIENT_SECRET,
    CONFIDENTIAL,
    ISSUER,
    OFFLINE,
    PUBLIC,
    SIGNING,
    Browser,
    error_of,
)

TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
Assertion = Callable[..., dict[str, Any]]


@pytest.fixture
def assertion(client_key: ECKey, clock: FakeClock) -> Assertion:
    """The parameters that authenticate the client, good but for what is said; a claim that is None is left out."""
    number = iter(range(1000))

    def make(key: Any = client_key, alg: str = 'ES256', **claims: Any) -> dict[str, Any]:
        good = {'iss': SIGNING, 'sub': SIGNING, 'aud': ISSUER, 'exp': int(clock.now()) + 60, 'jti': str(next(number))}
        payload = {name: value for name, value in {**good, **claims}.items() if value is not None}
        return {'client_assertion_type': TYPE, 'client_assertion': jwt.encode({'alg': alg}, payload, key, [alg])}

    return make


async def redeem(browser: Browser, **params: Any) -> httpx.Response:
    code = await browser.code(client_id=SIGNING, scope=OFFLINE)
    return await browser.redeem(code, **{'client_id': None, **params})


@pytest.mark.parametrize(
    'audience', [ISSUER, f'{ISSUER}/token', [ISSUER], ['https://other.example', f'{ISSUER}/token'], f'{ISSUER}/par']
)
async def test_a_signed_assertion_authenticates(alice: Browser, assertion: Assertion, audience: Any) -> None:
    response = await redeem(alice, **assertion(aud=audience))
    assert response.status_code == 200, response.text
    assert (await alice.claims(response.json()['id_token'], SIGNING))['sub'] == 'demo|alice'


async def test_every_endpoint_takes_one(alice: Browser, assertion: Assertion) -> None:
    tokens = (await redeem(alice, client_id=SIGNING, **assertion())).json()
    renewed = await alice.refresh(tokens['refresh_token'], client_id=None, **assertion())
    assert renewed.status_code == 200
    assert (await alice.push(client_id=None, **assertion())).status_code == 201
    form = {'token': renewed.json()['refresh_token'], **assertion(aud=f'{ISSUER}/revoke')}
    assert (await alice.http.post(f'{ISSUER}/revoke', data=form)).status_code == 200
    again = await alice.refresh(renewed.json()['refresh_token'], client_id=None, **assertion())
    assert error_of(again) == 'invalid_grant'


async def test_clients_with_other_methods_go_on_as_before(alice: Browser, assertion: Assertion) -> None:
    assert (await redeem(alice, **assertion())).status_code == 200
    assert (await alice.redeem(await alice.code())).status_code == 200
    code = await alice.code(client_id=CONFIDENTIAL)
    assert (await alice.redeem(code, (CONFIDENTIAL, CLIENT_SECRET), client_id=None)).status_code == 200


@pytest.mark.parametrize(
    'claims',
    [
        pytest.param({'iss': 'another'}, id='another iss'),
        pytest.param({'iss': None}, id='no iss'),
        pytest.param({'sub': None}, id='no sub'),
        pytest.param({'sub': 7}, id='a number as sub'),
        pytest.param({'iss': 'nobody', 'sub': 'nobody'}, id='of nobody'),
        pytest.param({'iss': PUBLIC, 'sub': PUBLIC}, id='of a client without a key'),
        pytest.param({'aud': 'https://other.example'}, id='for another server'),
        pytest.param({'aud': f'{ISSUER}/'}, id='for almost this server'),
        pytest.param({'aud': None}, id='for nobody'),
        pytest.param({'exp': None}, id='endless'),
        pytest.param({'exp': 'soon'}, id='good until soon'),
        pytest.param({'exp': 1}, id='long expired'),
        pytest.param({'jti': None}, id='no jti'),
        pytest.param({'jti': ''}, id='an empty jti'),
        pytest.param({'jti': 7}, id='a number as jti'),
    ],
)
async def test_an_assertion_is_refused_that_is(alice: Browser, assertion: Assertion, claims: dict[str, Any]) -> None:
    assert error_of(await redeem(alice, **assertion(**claims))) == 'invalid_client'


@pytest.mark.parametrize(('ends_in', 'is_taken'), [(-1, False), (1, True), (LONGEST, True), (LONGEST + 1, False)])
async def test_an_assertion_is_good_until_it_expires_and_not_for_ever(
    alice: Browser, assertion: Assertion, clock: FakeClock, ends_in: int, is_taken: bool
) -> None:
    response = await redeem(alice, **assertion(exp=int(clock.now()) + ends_in))
    assert (response.status_code == 200) == is_taken


async def test_an_assertion_works_once(alice: Browser, assertion: Assertion) -> None:
    used = assertion()
    assert (await redeem(alice, **used)).status_code == 200
    assert error_of(await redeem(alice, **used)) == 'invalid_client'


async def test_one_that_is_used_twice_at_once_works_once(alice: Browser, assertion: Assertion) -> None:
    used = assertion()
    pushed = await asyncio.gather(*(alice.push(client_id=None, **used) for _ in range(8)))
    assert sorted(push.status_code == 201 for push in pushed) == [False] * 7 + [True]


async def test_keys_of_others_and_no_key_at_all_are_refused(
    alice: Browser, assertion: Assertion, keys: list[RSAKey], client_key: ECKey
) -> None:
    stranger, secret = ECKey.generate_key('P-256'), OctKey.import_key(client_key.thumbprint())  # which anybody may know
    for made in (assertion(stranger), assertion(keys[2], 'RS256'), assertion(secret, 'HS256')):
        assert error_of(await redeem(alice, **made)) == 'invalid_client'
    header, payload, _ = assertion()['client_assertion'].split('.')
    for forged in (f'{header}.{payload}.', 'eyJhbGciOiJub25lIn0.' + payload + '.', 'a.b.c', '\N{SNOWMAN}', '..'):
        params = {'client_assertion_type': TYPE, 'client_assertion': forged}
        assert error_of(await redeem(alice, **params)) == 'invalid_client'


async def test_a_client_id_beside_it_has_to_be_the_same(alice: Browser, assertion: Assertion) -> None:
    assert error_of(await redeem(alice, **assertion(), client_id=CONFIDENTIAL)) == 'invalid_client'


async def test_a_client_with_a_key_is_not_taken_without_it(alice: Browser, assertion: Assertion) -> None:
    assert error_of(await redeem(alice, client_id=SIGNING)) == 'invalid_client'
    assert error_of(await redeem(alice, client_id=SIGNING, client_secret='None')) == 'invalid_client'
    assert error_of(await redeem(alice, **{**assertion(), 'client_assertion_type': 'saml'})) == 'invalid_client'
