"""Pushed authorization requests (RFC 9126)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from app.demo.acr import TWO_FACTORS
from app.demo.protocol.pushed import LIFETIME
from tests.clock import FakeClock
from tests.demo.conftest import (
    AUTHORIZATION,
    CLIENT_SECRET,
    CONFIDENTIAL,
    ISSUER,
    OTHER,
    PUBLIC,
    REDIRECT_URI,
    SIGNING,
    AuthorizationAnswer,
    Browser,
    MakeDemo,
    Page,
    error_of,
)

BASIC = (CONFIDENTIAL, CLIENT_SECRET)


async def request_uri(browser: Browser, **params: Any) -> str:
    response = await browser.push(**params)
    assert response.status_code == 201, response.text
    return str(response.json()['request_uri'])


async def authorize(browser: Browser, uri: str, client_id: str = PUBLIC, **more: str) -> httpx.Response:
    params = {'client_id': client_id, 'request_uri': uri, **more}
    return await browser.http.get(f'{ISSUER}/authorize', params=params)


@pytest.fixture
async def strict(make_demo: MakeDemo) -> Browser:
    """Alice's browser at a provider that takes nothing but pushed requests."""
    browser = Browser(make_demo(requires_pushed=True))
    await browser.click('alice')
    return browser


async def test_a_pushed_request_is_answered_as_any_other(alice: Browser) -> None:
    response = await alice.push()
    assert response.status_code == 201
    assert response.json() == {'request_uri': response.json()['request_uri'], 'expires_in': 60}
    assert response.headers['Cache-Control'] == 'no-store'
    answer = AuthorizationAnswer.of(await authorize(alice, response.json()['request_uri']))
    assert answer.redirect_uri == REDIRECT_URI
    assert answer.query == {'code': answer.query['code'], 'state': 'the state', 'iss': ISSUER}
    claims = await alice.claims((await alice.redeem(answer.query['code'])).json()['id_token'])
    assert claims['nonce'] == AUTHORIZATION['nonce']


async def test_what_is_sent_beside_a_request_uri_does_not_count(alice: Browser) -> None:
    answer = await authorize(alice, await request_uri(alice), state='another', redirect_uri='https://evil.example/')
    assert AuthorizationAnswer.of(answer).query['state'] == 'the state'


async def test_a_request_uri_works_once(alice: Browser) -> None:
    uri = await request_uri(alice)
    assert (await authorize(alice, uri)).status_code == 303
    assert error_of(await authorize(alice, uri)) == 'invalid_request_uri'


async def test_a_request_uri_of_which_the_page_was_shown_works_no_more(browser: Browser) -> None:
    uri = await request_uri(browser)
    assert 'demo-user-alice' in (await authorize(browser, uri)).text
    assert error_of(await authorize(browser, uri)) == 'invalid_request_uri'


@pytest.mark.parametrize('age', [LIFETIME - 1, LIFETIME, LIFETIME + 100])
async def test_a_request_uri_lives_for_a_minute(alice: Browser, clock: FakeClock, age: float) -> None:
    uri = await request_uri(alice)
    clock.set(clock.now() + age)
    assert ((await authorize(alice, uri)).status_code == 303) == (age < LIFETIME)


async def test_a_request_uri_is_for_the_client_that_pushed_it(alice: Browser) -> None:
    uri = await request_uri(alice)
    assert error_of(await authorize(alice, uri, OTHER)) == 'invalid_request_uri'
    assert error_of(await alice.http.get(f'{ISSUER}/authorize', params={'request_uri': uri})) == 'invalid_request_uri'
    assert (await authorize(alice, uri)).status_code == 303


@pytest.mark.parametrize('uri', ['', 'made up', 'https://evil.example/request.jwt'])
async def test_a_made_up_request_uri_is_refused(alice: Browser, uri: str) -> None:
    assert error_of(await authorize(alice, uri)) == 'invalid_request_uri'


async def test_a_confidential_client_authenticates(alice: Browser) -> None:
    response = await alice.push(BASIC, client_id=None)
    assert response.status_code == 201
    answer = await authorize(alice, response.json()['request_uri'], CONFIDENTIAL)
    assert 'code' in AuthorizationAnswer.of(answer).query
    assert (await alice.push(client_id=CONFIDENTIAL, client_secret=CLIENT_SECRET)).status_code == 201


async def test_a_secret_that_was_pushed_does_not_come_back_in_a_page(browser: Browser) -> None:
    response = await browser.push(client_id=CONFIDENTIAL, client_secret=CLIENT_SECRET)
    page = await authorize(browser, response.json()['request_uri'], CONFIDENTIAL)
    assert 'demo-user-alice' in page.text
    assert CLIENT_SECRET not in page.text


@pytest.mark.parametrize(
    ('params', 'error'),
    [
        pytest.param({'client_id': CONFIDENTIAL}, 'invalid_client', id='without its secret'),
        pytest.param({'client_id': CONFIDENTIAL, 'client_secret': 'x'}, 'invalid_client', id='with a wrong secret'),
        pytest.param({'client_id': 'nobody'}, 'invalid_client', id='of nobody'),
        pytest.param({'client_id': None}, 'invalid_client', id='of no client'),
        pytest.param({'redirect_uri': 'https://evil.example/'}, 'invalid_request', id='another redirect_uri'),
        pytest.param({'redirect_uri': 'https://evil.example/"\\'}, 'invalid_request', id='a malformed redirect_uri'),
        pytest.param({'code_challenge': None}, 'invalid_request', id='no PKCE'),
        pytest.param({'response_type': 'token'}, 'unsupported_response_type', id='implicit flow'),
        pytest.param({'resource': 'https://api.example.com'}, 'invalid_target', id='an unknown API'),
        pytest.param({'request_uri': 'urn:x'}, 'invalid_request', id='a request_uri'),
    ],
)
async def test_what_is_wrong_is_said_to_the_client_at_once(
    browser: Browser, params: dict[str, Any], error: str
) -> None:
    response = await browser.push(**params)
    assert error_of(response) == error
    assert 'state' not in response.json()


async def test_a_client_cannot_push_in_the_name_of_another(browser: Browser) -> None:
    assert error_of(await browser.push(BASIC, client_id=SIGNING)) == 'invalid_request'


async def test_it_is_for_post_only(browser: Browser) -> None:
    assert (await browser.http.get(f'{ISSUER}/par')).status_code == 405


@pytest.mark.parametrize('is_strict', [False, True])
async def test_the_whole_way_with_two_pages_goes_on_with_the_pushed_request(
    make_demo: MakeDemo, clock: FakeClock, is_strict: bool
) -> None:
    browser = Browser(make_demo(requires_pushed=is_strict))
    uri = await request_uri(browser, acr_values=TWO_FACTORS, prompt='login', max_age='0')
    page = await authorize(browser, uri)
    for choice in ({'person': 'alice'}, {'factor': 'another'}, {'person': 'bob'}):
        assert 'the+state' not in page.text
        clock.set(clock.now() + 300)  # a page may be looked at for longer than a minute
        page = await browser.choose(page, **choice)
    answer = AuthorizationAnswer.of(await browser.choose(page, factor='confirm'))
    assert answer.query['state'] == 'the state'


async def test_a_page_that_waited_for_too_long_says_so(browser: Browser, clock: FakeClock) -> None:
    page = await authorize(browser, await request_uri(browser))
    clock.set(clock.now() + 601)
    form = {'person': 'alice', 'request': Page(page.text).hidden['request']}
    response = await browser.http.post(f'{ISSUER}/sign-in', data=form)
    assert response.status_code == 400
    assert 'start again' in response.text


async def test_a_provider_that_requires_it_says_so_and_refuses_every_other_request(strict: Browser) -> None:
    document = (await strict.http.get(f'{ISSUER}/.well-known/openid-configuration')).json()
    assert document['require_pushed_authorization_requests'] is True
    assert document['pushed_authorization_request_endpoint'] == f'{ISSUER}/par'
    assert (await strict.answer()).query['error'] == 'invalid_request'
    assert (await strict.answer(prompt='none')).query['error'] == 'invalid_request'
    answer = AuthorizationAnswer.of(await authorize(strict, await request_uri(strict, prompt='none')))
    assert 'code' in answer.query


async def test_a_made_up_form_does_not_get_around_it(strict: Browser) -> None:
    clicked = await strict.click('alice', str(httpx.QueryParams(AUTHORIZATION)))
    answer = AuthorizationAnswer.of(await strict.http.get(clicked.headers['Location']))
    assert answer.query['error'] == 'invalid_request'


async def test_two_requests_at_once_are_two(alice: Browser) -> None:
    pushed: list[Any] = await asyncio.gather(*(alice.push(state=state) for state in ('one', 'two')))
    answers = [AuthorizationAnswer.of(await authorize(alice, push.json()['request_uri'])) for push in pushed]
    assert [answer.query['state'] for answer in answers] == ['one', 'two']
