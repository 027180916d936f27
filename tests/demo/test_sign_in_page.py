from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from tests.demo.conftest import AUTHORIZATION, ISSUER, Browser, Page


async def test_each_person_has_a_button(browser: Browser) -> None:
    page = Page((await browser.authorize()).text)
    buttons = {button['data-testid']: button['value'] for button in page.all('button')}
    assert buttons == {'demo-user-alice': 'alice', 'demo-user-bob': 'bob'}


@pytest.mark.parametrize('person', ['alice', 'bob'])
async def test_the_form_as_it_stands_signs_a_person_in(browser: Browser, person: str) -> None:
    page = Page((await browser.authorize()).text)
    (form,), (hidden,) = page.all('form'), page.all('input')
    assert (form['method'], form['action']) == ('post', f'{ISSUER}/sign-in')
    clicked = await browser.click(person, hidden['value'] or '')
    answer = await browser.http.get(clicked.headers['Location'])
    assert answer.status_code == 303
    assert f'state={AUTHORIZATION["state"]}'.replace(' ', '+') in answer.headers['Location']
    claims = await browser.claims((await browser.tokens())['id_token'])
    assert claims['sub'] == f'demo|{person}'


@pytest.mark.parametrize(
    'state', ['"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>", '{people}', '{action}{request}']
)
async def test_what_the_request_says_stays_in_the_hidden_input(browser: Browser, state: str) -> None:
    harmless = Page((await browser.authorize()).text)
    response = await browser.authorize(state=state)
    page = Page(response.text)
    (hidden,) = page.all('input')
    assert dict(parse_qsl(hidden['value'] or '')) == {**AUTHORIZATION, 'state': state}
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in harmless.elements]
    assert '<script' not in response.text


async def test_nobody_may_frame_it_and_nothing_else_is_loaded(browser: Browser) -> None:
    headers = (await browser.authorize()).headers
    policy = dict(part.strip().split(' ', 1) for part in headers['Content-Security-Policy'].split(';'))
    assert policy['frame-ancestors'] == "'none'"
    assert policy['default-src'] == "'none'"
    assert headers['Cache-Control'] == 'no-store'


@pytest.mark.parametrize('person', ['', 'mallory', 'Alice', 'demo|alice'])
async def test_nobody_else_can_sign_in(browser: Browser, person: str) -> None:
    response = await browser.click(person)
    assert response.status_code == 400
    assert 'Set-Cookie' not in response.headers


async def test_a_click_leads_nowhere_but_to_the_provider_itself(browser: Browser) -> None:
    for request in ('', '//evil.example', 'https://evil.example/?a=b', '@evil.example', '\r\nX: y'):
        assert (await browser.click('alice', request)).headers['Location'].startswith(f'{ISSUER}/authorize?')
