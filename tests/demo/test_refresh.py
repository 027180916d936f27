from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.demo.conftest import CONFIDENTIAL, ISSUER, OFFLINE, OTHER, Browser, error_of


async def revoke(browser: Browser, token: str, **form: str) -> int:
    data = {'client_id': 'public', 'token': token, **form}
    return (await browser.http.post(f'{ISSUER}/revoke', data=data)).status_code


async def test_only_offline_access_brings_a_refresh_token(alice: Browser) -> None:
    assert 'refresh_token' not in await alice.tokens()
    assert 'refresh_token' in await alice.tokens(scope=OFFLINE)


async def test_a_refresh_token_rotates(alice: Browser) -> None:
    first = await alice.tokens(scope=OFFLINE)
    second = (await alice.refresh(first['refresh_token'])).json()
    assert second['refresh_token'] != first['refresh_token']
    assert second['access_token'] != first['access_token']
    assert (await alice.refresh(second['refresh_token'])).status_code == 200


async def test_a_reused_refresh_token_revokes_all_that_came_of_it(alice: Browser) -> None:
    first = await alice.tokens(scope=OFFLINE)
    second = (await alice.refresh(first['refresh_token'])).json()
    assert error_of(await alice.refresh(first['refresh_token'])) == 'invalid_grant'
    assert error_of(await alice.refresh(second['refresh_token'])) == 'invalid_grant'


async def test_a_refresh_token_that_is_used_twice_at_once_is_granted_once_at_most(alice: Browser) -> None:
    first = await alice.tokens(scope=OFFLINE)
    answers = await asyncio.gather(*(alice.refresh(first['refresh_token']) for _ in range(8)))
    granted = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(granted) <= 1
    for tokens in granted:
        assert error_of(await alice.refresh(tokens['refresh_token'])) == 'invalid_grant'


async def test_the_id_token_of_a_refresh_is_about_the_same_sign_in(alice: Browser, clock: FakeClock) -> None:
    """OpenID Connect Core §12.2."""
    tokens = await alice.tokens(scope=OFFLINE)
    before = await alice.claims(tokens['id_token'])
    await alice.click('bob')
    clock.set(clock.now() + 1000)
    after = await alice.claims((await alice.refresh(tokens['refresh_token'])).json()['id_token'])
    for name in ('sub', 'aud', 'auth_time', 'sid', 'name'):
        assert after[name] == before[name]
    assert after['iat'] == before['iat'] + 1000
    assert after['at_hash'] != before['at_hash']
    assert 'nonce' not in after


async def test_a_refresh_can_ask_for_less_but_not_for_more(alice: Browser) -> None:
    tokens = await alice.tokens(scope=f'{OFFLINE} read:messages')
    assert error_of(await alice.refresh(tokens['refresh_token'], scope='openid write:messages')) == 'invalid_scope'
    less = (await alice.refresh(tokens['refresh_token'], scope='openid')).json()
    assert less['scope'] == 'openid'
    again = (await alice.refresh(less['refresh_token'])).json()
    assert again['scope'] == f'{OFFLINE} read:messages'


@pytest.mark.parametrize(
    ('form', 'error'),
    [
        pytest.param({'refresh_token': 'made up'}, 'invalid_grant', id='made up'),
        pytest.param({'refresh_token': None}, 'invalid_request', id='missing'),
        pytest.param({'client_id': OTHER}, 'invalid_grant', id='of another client'),
        pytest.param({'client_id': CONFIDENTIAL}, 'invalid_client', id='of a client that did not authenticate'),
        pytest.param({'client_id': None}, 'invalid_client', id='of no client'),
    ],
)
async def test_a_refresh_token_is_refused_if_it_is(alice: Browser, form: dict[str, Any], error: str) -> None:
    token = (await alice.tokens(scope=OFFLINE))['refresh_token']
    assert error_of(await alice.refresh(token, **form)) == error
    assert (await alice.refresh(token)).status_code == 200


async def test_a_revoked_refresh_token_is_refused(alice: Browser) -> None:
    first = await alice.tokens(scope=OFFLINE)
    unrelated = await alice.tokens(scope=OFFLINE)
    second = (await alice.refresh(first['refresh_token'])).json()
    assert await revoke(alice, second['refresh_token'], token_type_hint='refresh_token') == 200
    assert error_of(await alice.refresh(second['refresh_token'])) == 'invalid_grant'
    assert (await alice.refresh(unrelated['refresh_token'])).status_code == 200


async def test_revoking_what_is_no_token_is_no_error(alice: Browser) -> None:
    """RFC 7009 §2.2."""
    assert await revoke(alice, 'made up') == 200


async def test_another_client_cannot_revoke(alice: Browser) -> None:
    token = (await alice.tokens(scope=OFFLINE))['refresh_token']
    assert await revoke(alice, token, client_id=OTHER) == 400
    assert (await alice.refresh(token)).status_code == 200
