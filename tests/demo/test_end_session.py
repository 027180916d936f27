from __future__ import annotations

from urllib.parse import parse_qsl

import httpx
import pytest

from tests.clock import FakeClock
from tests.demo.conftest import ISSUER, OTHER, PUBLIC, SIGNED_OUT_URI, Browser, MakeDemo

COOKIE = 'demo_provider_9000'


@pytest.fixture
async def hint(alice: Browser) -> str:
    return str((await alice.tokens())['id_token'])


async def end_session(browser: Browser, **params: str) -> httpx.Response:
    return await browser.http.get(f'{ISSUER}/end-session', params=params)


async def is_signed_in(browser: Browser) -> bool:
    return 'code' in (await browser.answer(prompt='none')).query


@pytest.mark.parametrize('method', ['GET', 'POST'])
async def test_with_a_hint_the_session_ends_and_the_browser_is_sent_back(
    alice: Browser, hint: str, method: str
) -> None:
    params = {'id_token_hint': hint, 'client_id': PUBLIC, 'post_logout_redirect_uri': SIGNED_OUT_URI}
    sent = {'params': params} if method == 'GET' else {'data': params}
    response = await alice.http.request(method, f'{ISSUER}/end-session', **sent)  # type: ignore[arg-type]  # either
    assert (response.status_code, response.headers['Location']) == (303, SIGNED_OUT_URI)
    assert COOKIE not in alice.http.cookies
    assert not await is_signed_in(alice)


async def test_an_expired_hint_still_counts(alice: Browser, hint: str, clock: FakeClock) -> None:
    """OpenID Connect RP-Initiated Logout §2."""
    clock.set(clock.now() + 100_000)
    response = await end_session(alice, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT_URI)
    assert response.headers['Location'] == SIGNED_OUT_URI


async def test_the_state_comes_back(alice: Browser, hint: str) -> None:
    response = await end_session(alice, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT_URI, state='a b')
    url = httpx.URL(response.headers['Location'])
    assert dict(parse_qsl(url.query.decode())) == {'state': 'a b'}


@pytest.mark.parametrize(
    'uri',
    [
        'https://evil.example/',
        f'{SIGNED_OUT_URI}more',
        SIGNED_OUT_URI.rstrip('/'),
        'http://localhost:8080/other',
    ],
    ids=['another host', 'longer', 'without slash', "another client's"],
)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(alice: Browser, hint: str, uri: str) -> None:
    response = await end_session(alice, id_token_hint=hint, post_logout_redirect_uri=uri)
    assert response.status_code == 200
    assert 'Location' not in response.headers
    assert 'evil' not in response.text
    assert not await is_signed_in(alice)


async def test_without_a_hint_nobody_is_sent_anywhere(alice: Browser) -> None:
    response = await end_session(alice, client_id=PUBLIC, post_logout_redirect_uri=SIGNED_OUT_URI)
    assert response.status_code == 200
    assert 'Location' not in response.headers
    assert await is_signed_in(alice)


async def test_without_a_hint_the_person_is_asked_first(alice: Browser) -> None:
    """OpenID Connect RP-Initiated Logout §6."""
    assert '<form method="post">' in (await end_session(alice)).text
    assert (await alice.http.post(f'{ISSUER}/end-session')).status_code == 200
    assert not await is_signed_in(alice)


@pytest.mark.parametrize('wrong', ['x', 'a.b.c', 'e30.e30.e30', '\N{SNOWMAN}'])
async def test_a_hint_that_is_no_id_token_sends_nobody_anywhere(alice: Browser, wrong: str) -> None:
    response = await end_session(alice, id_token_hint=wrong, post_logout_redirect_uri=SIGNED_OUT_URI)
    assert response.status_code == 400
    assert 'Location' not in response.headers


async def test_a_hint_of_another_provider_sends_nobody_anywhere(alice: Browser, make_demo: MakeDemo) -> None:
    other = Browser(make_demo())
    await other.click('alice')
    hint = (await other.tokens())['id_token']
    response = await end_session(alice, id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT_URI)
    assert response.status_code == 400
    assert 'Location' not in response.headers


async def test_a_hint_for_another_client_sends_nobody_anywhere(alice: Browser, hint: str) -> None:
    uri = 'http://localhost:8080/other'
    response = await end_session(alice, id_token_hint=hint, client_id=OTHER, post_logout_redirect_uri=uri)
    assert response.status_code == 400
    assert 'Location' not in response.headers
