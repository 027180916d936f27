"""The answer as a form that posts itself (OAuth 2.0 Form Post Response Mode), and Apple's `user` in it."""

from __future__ import annotations

import json
import re

import pytest

from tests.demo.conftest import ISSUER, Browser, MakeDemo, Page, posted_by

FORM_POST = 'form_post'


async def test_the_answer_is_a_form_for_the_client(alice: Browser) -> None:
    posted = posted_by(await alice.authorize(response_mode=FORM_POST))
    assert posted == {'code': posted['code'], 'state': 'the state', 'iss': ISSUER}
    assert (await alice.redeem(posted['code'])).status_code == 200


async def test_a_click_on_the_sign_in_page_leads_to_the_form(browser: Browser) -> None:
    page = await browser.authorize(response_mode=FORM_POST)
    assert 'code' in posted_by(await browser.choose(page, person='bob'))


async def test_an_error_is_posted_too(browser: Browser) -> None:
    posted = posted_by(await browser.authorize(response_mode=FORM_POST, prompt='none'))
    posted.pop('error_description', '')
    assert posted == {'error': 'login_required', 'state': 'the state', 'iss': ISSUER}


async def test_a_pushed_request_may_want_it(alice: Browser) -> None:
    uri = (await alice.push(response_mode=FORM_POST)).json()['request_uri']
    page = await alice.http.get(f'{ISSUER}/authorize', params={'client_id': 'public', 'request_uri': uri})
    assert 'code' in posted_by(page)


async def test_whoever_cannot_be_trusted_is_sent_no_form(alice: Browser) -> None:
    page = await alice.authorize(response_mode=FORM_POST, redirect_uri='https://evil.example/')
    assert (page.status_code, page.json()['error']) == (400, 'invalid_request')


@pytest.mark.parametrize('state', ['"><script>alert(1)</script>', "'><img src=x>", '&quot;', '\N{SNOWMAN} <'])
async def test_what_the_request_says_stays_in_its_input(alice: Browser, state: str) -> None:
    harmless = Page((await alice.authorize(response_mode=FORM_POST)).text)
    page = await alice.authorize(response_mode=FORM_POST, state=state)
    assert posted_by(page)['state'] == state
    assert [tag for tag, _ in Page(page.text).elements] == [tag for tag, _ in harmless.elements]


@pytest.mark.parametrize(('prompt', 'framed_by'), [(None, "'none'"), ('none', 'http://localhost:8080')])
async def test_only_its_own_script_runs_and_only_the_app_may_frame_it_silently(
    alice: Browser, prompt: str | None, framed_by: str
) -> None:
    pages = [await alice.authorize(response_mode=FORM_POST, prompt=prompt) for _ in range(2)]
    nonces = [Page(page.text).all('script')[0]['nonce'] for page in pages]
    assert nonces[0] != nonces[1]
    for page, nonce in zip(pages, nonces, strict=True):
        policy = page.headers['Content-Security-Policy'].split('; ')
        assert policy == ["default-src 'none'", f"script-src 'nonce-{nonce}'", f'frame-ancestors {framed_by}']
        assert page.headers['Cache-Control'] == 'no-store'


async def test_without_scripts_there_is_a_button(alice: Browser) -> None:
    page = await alice.authorize(response_mode=FORM_POST)
    assert re.search('<noscript><button>.+</button></noscript></form>', page.text)


async def test_nobody_is_introduced_unless_it_was_asked_for(alice: Browser) -> None:
    assert 'user' not in posted_by(await alice.authorize(response_mode=FORM_POST))


async def test_apples_user_comes_with_the_first_code_about_each_person_and_client(make_demo: MakeDemo) -> None:
    browser = Browser(make_demo(sends_user=True))
    assert 'user' not in posted_by(await browser.authorize(response_mode=FORM_POST, prompt='none'))  # an error
    for person, first_name, last_name in (('alice', 'Alice', 'Adams'), ('bob', 'Bob', 'Brown')):
        await browser.click(person)
        assert 'user' not in (await browser.answer()).query  # a query has no room for it
        posted = posted_by(await browser.authorize(response_mode=FORM_POST))
        assert json.loads(posted['user']) == {
            'name': {'firstName': first_name, 'lastName': last_name},
            'email': f'{person}@example.com',
        }
        assert 'user' not in posted_by(await browser.authorize(response_mode=FORM_POST))
    assert 'user' in posted_by(await browser.authorize(response_mode=FORM_POST, client_id='other'))
