from __future__ import annotations

from urllib.parse import urlencode

import httpx
import pytest

from app.demo.provider import DemoProvider
from tests.clock import FakeClock
from tests.demo.conftest import (
    AUTHORIZATION,
    CHALLENGE,
    ISSUER,
    REDIRECT_URI,
    REDIRECT_URI_WITH_QUERY,
    AuthorizationAnswer,
    Browser,
    MakeDemo,
    error_of,
)

COOKIE = 'demo_provider_9000'


def is_sign_in_page(response: httpx.Response) -> bool:
    return response.status_code == 200 and 'demo-user-alice' in response.text


async def after_the_click(browser: Browser, person: str, **params: str) -> AuthorizationAnswer:
    """Where the browser gets to from the sign-in page for this request, one click and two redirects later."""
    clicked = await browser.click(person, urlencode({**AUTHORIZATION, **params}))
    assert clicked.status_code == 303
    return AuthorizationAnswer.of(await browser.http.get(clicked.headers['Location']))


@pytest.mark.parametrize('prompt', [None, 'none'])
async def test_somebody_signed_in_gets_a_code_without_a_page(alice: Browser, prompt: str | None) -> None:
    answer = await alice.answer(prompt=prompt)
    assert answer.redirect_uri == REDIRECT_URI
    assert answer.query == {'code': answer.query['code'], 'state': 'the state', 'iss': ISSUER}


async def test_without_a_session_there_is_a_page_to_sign_in(browser: Browser) -> None:
    assert is_sign_in_page(await browser.authorize())


async def test_without_a_session_prompt_none_is_answered_with_login_required(browser: Browser) -> None:
    answer = await browser.answer(prompt='none')
    assert answer.redirect_uri == REDIRECT_URI
    assert answer.query.pop('error_description', '') is not None
    assert answer.query == {'error': 'login_required', 'state': 'the state', 'iss': ISSUER}


async def test_a_click_on_the_page_goes_on_to_the_client(browser: Browser) -> None:
    answer = await after_the_click(browser, 'bob')
    assert answer.redirect_uri == REDIRECT_URI
    assert answer.query.keys() == {'code', 'state', 'iss'}


async def test_an_authorization_request_may_be_posted(alice: Browser) -> None:
    answer = AuthorizationAnswer.of(await alice.http.post(f'{ISSUER}/authorize', data=AUTHORIZATION))
    assert answer.query.keys() == {'code', 'state', 'iss'}


async def test_a_request_without_state_is_answered_without_state(alice: Browser) -> None:
    assert (await alice.answer(state=None)).query.keys() == {'code', 'iss'}


async def test_every_code_is_another(alice: Browser) -> None:
    assert await alice.code() != await alice.code()


@pytest.mark.parametrize('person', ['alice', None], ids=['a code', 'an error'])
@pytest.mark.parametrize(
    ('mode', 'part'), [(None, 'query'), ('query', 'query'), ('fragment', 'fragment')], ids=['default', 'query', 'frag']
)
async def test_the_answer_is_where_it_was_asked_for(
    browser: Browser, person: str | None, mode: str | None, part: str
) -> None:
    if person:
        await browser.click(person)
    answer = await browser.answer(prompt='none', response_mode=mode)
    empty, full = sorted([answer.query, answer.fragment], key=len)
    assert full is getattr(answer, part)
    assert {'state': 'the state', 'iss': ISSUER}.items() <= full.items()
    assert ('code' in full, 'error' in full) == (bool(person), not person)
    assert empty == {}


@pytest.mark.parametrize('mode', ['query', 'fragment'])
async def test_a_redirect_uri_keeps_its_own_query(alice: Browser, mode: str) -> None:
    answer = await alice.answer(redirect_uri=REDIRECT_URI_WITH_QUERY, response_mode=mode)
    assert answer.query['tenant'] == 'a'
    assert {**answer.query, **answer.fragment}.keys() == {'tenant', 'code', 'state', 'iss'}


@pytest.mark.parametrize('person', ['alice', None], ids=['signed in', 'signed out'])
@pytest.mark.parametrize(
    'params',
    [
        pytest.param({'client_id': 'nobody'}, id='unknown client'),
        pytest.param({'client_id': None}, id='no client'),
        pytest.param({'redirect_uri': None}, id='no redirect_uri'),
        pytest.param({'redirect_uri': 'https://evil.example/'}, id='another redirect_uri'),
        pytest.param({'redirect_uri': f'{REDIRECT_URI}/more'}, id='longer redirect_uri'),
        pytest.param({'redirect_uri': f'{REDIRECT_URI}?more'}, id='redirect_uri with a query'),
        pytest.param({'redirect_uri': REDIRECT_URI.replace('localhost', 'LOCALHOST')}, id='redirect_uri in capitals'),
        pytest.param({'redirect_uri': 'https://evil.example/"\\'}, id='redirect_uri with quotes'),
        pytest.param({'redirect_uri': 'https://evil.example/', 'prompt': 'none'}, id='silently'),
        pytest.param({'redirect_uri': 'https://evil.example/', 'response_type': 'token'}, id='two mistakes'),
        pytest.param({'client_id': 'nobody', 'response_type': '"'}, id='unknown client and response type'),
    ],
)
async def test_who_cannot_be_trusted_is_not_redirected_to(
    browser: Browser, person: str | None, params: dict[str, str | None]
) -> None:
    if person:
        await browser.click(person)
    assert error_of(await browser.authorize(**params)) in {
        'invalid_client',
        'invalid_request',
        'unsupported_response_type',
    }


async def test_a_redirect_uri_that_is_sent_twice_is_not_redirected_to(alice: Browser) -> None:
    url = f'{ISSUER}/authorize?{urlencode(AUTHORIZATION)}&redirect_uri=https://evil.example/'
    assert error_of(await alice.http.get(url)) == 'invalid_request'


@pytest.mark.parametrize('mode', [None, 'fragment'])
@pytest.mark.parametrize(
    ('params', 'error'),
    [
        pytest.param({'code_challenge': None, 'code_challenge_method': None}, 'invalid_request', id='no PKCE'),
        pytest.param({'code_challenge_method': 'plain'}, 'invalid_request', id='plain PKCE'),
        pytest.param({'code_challenge_method': None}, 'invalid_request', id='PKCE without method, so plain'),
        pytest.param({'code_challenge': None}, 'invalid_request', id='PKCE without challenge'),
        pytest.param({'code_challenge': 'short'}, 'invalid_request', id='short challenge'),
        pytest.param({'code_challenge': CHALLENGE + '+'}, 'invalid_request', id='malformed challenge'),
        pytest.param({'response_type': 'token'}, 'unsupported_response_type', id='implicit flow'),
        pytest.param({'response_type': 'code id_token'}, 'unsupported_response_type', id='hybrid flow'),
        pytest.param({'prompt': 'none login'}, 'invalid_request', id='prompt none and login'),
    ],
)
async def test_a_wrong_request_is_answered_to_the_client(
    alice: Browser, mode: str | None, params: dict[str, str | None], error: str
) -> None:
    answer = await alice.answer(**params, response_mode=mode)
    told = answer.fragment if mode else answer.query
    assert answer.redirect_uri == REDIRECT_URI
    assert {'error': error, 'state': 'the state', 'iss': ISSUER}.items() <= told.items()
    assert 'code' not in told


@pytest.mark.parametrize('prompt', ['login', 'select_account'])
async def test_a_prompt_asks_somebody_signed_in_and_the_click_is_enough(
    alice: Browser, clock: FakeClock, prompt: str
) -> None:
    assert is_sign_in_page(await alice.authorize(prompt=prompt))
    clock.set(clock.now() + 100)
    answer = await after_the_click(alice, 'bob', prompt=prompt)
    response = await alice.redeem(answer.query['code'])
    claims = await alice.claims(response.json()['id_token'])
    assert (claims['sub'], claims['auth_time']) == ('demo|bob', clock.now())


@pytest.mark.parametrize('prompt', ['consent', 'select_account'])
async def test_other_prompts_do_not_loop(browser: Browser, prompt: str) -> None:
    assert is_sign_in_page(await browser.authorize(prompt=prompt))
    assert 'code' in (await after_the_click(browser, 'alice', prompt=prompt)).query


@pytest.mark.parametrize('age', [30, 31, 300])
async def test_max_age_asks_whoever_signed_in_longer_ago(alice: Browser, clock: FakeClock, age: int) -> None:
    clock.set(clock.now() + age)
    asked = is_sign_in_page(await alice.authorize(max_age='30'))
    assert asked == (age > 30)


async def test_max_age_with_prompt_none_is_login_required(alice: Browser, clock: FakeClock) -> None:
    clock.set(clock.now() + 31)
    assert (await alice.answer(max_age='30', prompt='none')).query['error'] == 'login_required'


@pytest.mark.parametrize('scope', ['openid', 'openid profile'])
async def test_the_id_token_says_when_who_was_asked_has_signed_in(alice: Browser, clock: FakeClock, scope: str) -> None:
    clock.set(clock.now() + 31)
    answer = await after_the_click(alice, 'alice', max_age='30', scope=scope)
    clock.set(clock.now() + 20)
    claims = await alice.claims((await alice.redeem(answer.query['code'])).json()['id_token'])
    assert claims['auth_time'] == clock.now() - 20


@pytest.mark.parametrize('max_age', ['0', '00'])
async def test_max_age_0_asks_even_who_signed_in_this_very_second(alice: Browser, max_age: str) -> None:
    assert is_sign_in_page(await alice.authorize(max_age=max_age))
    assert (await alice.answer(max_age=max_age, prompt='none')).query['error'] == 'login_required'


async def test_a_click_answers_max_age_0(browser: Browser, clock: FakeClock) -> None:
    clock.set(clock.now() + 0.5)
    answer = await after_the_click(browser, 'alice', max_age='0')
    assert 'code' in answer.query


@pytest.mark.parametrize(
    'max_age',
    ['', 'soon', '-1', '1.5', '\N{SUPERSCRIPT TWO}', '9' * 5000],
    ids=['empty', 'a word', 'negative', 'a fraction', 'superscript', 'endless'],
)
async def test_a_max_age_that_makes_no_sense_counts_as_none(alice: Browser, clock: FakeClock, max_age: str) -> None:
    clock.set(clock.now() + 300)
    assert 'code' in (await alice.answer(max_age=max_age)).query


async def test_the_session_cookie_is_for_this_provider_and_not_for_scripts(browser: Browser) -> None:
    name, *attributes = (await browser.click('alice')).headers['Set-Cookie'].split('; ')
    assert name.startswith(f'{COOKIE}=')
    assert {'HttpOnly', 'Path=/demo', 'SameSite=lax'} <= set(attributes)


def changed(text: str) -> str:
    """With another first character; the last one has bits that do not count in base64."""
    return ('A' if text[0] != 'A' else 'B') + text[1:]


@pytest.mark.parametrize('forged', ['', 'x', 'e30.e30', '.', 'null'])
async def test_a_made_up_session_cookie_is_ignored(browser: Browser, forged: str) -> None:
    browser.http.cookies.set(COOKIE, forged, path='/demo')
    assert is_sign_in_page(await browser.authorize())


async def test_a_tampered_session_cookie_is_ignored(alice: Browser) -> None:
    payload, signature = alice.http.cookies[COOKIE].rsplit('.', 1)
    for forged in (f'{changed(payload)}.{signature}', f'{payload}.{changed(signature)}', payload):
        alice.http.cookies.clear()
        alice.http.cookies.set(COOKIE, forged, path='/demo')
        assert is_sign_in_page(await alice.authorize()), forged


async def test_a_session_cookie_that_another_secret_signed_is_ignored(demo: DemoProvider, make_demo: MakeDemo) -> None:
    other, browser = Browser(make_demo(secret=b'another')), Browser(demo)
    await other.click('alice')
    assert other.http.cookies[COOKIE]
    browser.http.cookies.set(COOKIE, other.http.cookies[COOKIE], path='/demo')
    assert is_sign_in_page(await browser.authorize())
