"""The two levels of authentication: who is asked for the second factor, and what the answer says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from app.demo.acr import PASSWORD, TWO_FACTORS, is_reached, told
from tests.clock import FakeClock
from tests.demo.conftest import ISSUER, OFFLINE, AuthorizationAnswer, Browser, MakeDemo, Page


def is_second_factor_page(response: httpx.Response) -> bool:
    return response.status_code == 200 and 'demo-second-factor' in response.text


async def claims_of(browser: Browser, response: httpx.Response) -> dict[str, Any]:
    """The claims of the ID token that this answer of the authorization endpoint leads to."""
    tokens = (await browser.redeem(AuthorizationAnswer.of(response).query['code'])).json()
    return await browser.claims(tokens['id_token'])


@pytest.fixture
async def confirmed(alice: Browser) -> Browser:
    """A browser in which Alice has confirmed with the second factor."""
    await alice.choose(await alice.authorize(acr_values=TWO_FACTORS), factor='confirm')
    return alice


@pytest.mark.parametrize(
    ('level', 'acr_values', 'reached', 'answer'),
    [
        (PASSWORD, '', True, PASSWORD),
        (TWO_FACTORS, '', True, TWO_FACTORS),
        (PASSWORD, PASSWORD, True, PASSWORD),
        (PASSWORD, TWO_FACTORS, False, PASSWORD),
        (PASSWORD, f'{TWO_FACTORS} {PASSWORD}', True, PASSWORD),
        (TWO_FACTORS, TWO_FACTORS, True, TWO_FACTORS),
        (TWO_FACTORS, PASSWORD, True, PASSWORD),
        (TWO_FACTORS, f'{TWO_FACTORS} {PASSWORD}', True, TWO_FACTORS),
        (PASSWORD, 'urn:nobody:knows', True, PASSWORD),
        (PASSWORD, f'urn:nobody:knows {TWO_FACTORS}', False, PASSWORD),
    ],
)
def test_a_level_has_reached_those_below_it(level: str, acr_values: str, reached: bool, answer: str) -> None:
    assert (is_reached(level, acr_values), told(level, acr_values)) == (reached, answer)


async def test_one_click_is_the_first_level(alice: Browser) -> None:
    claims = await alice.claims((await alice.tokens())['id_token'])
    assert (claims['acr'], claims['amr']) == (PASSWORD, ['pwd'])


async def test_the_second_level_takes_one_more_click(browser: Browser, clock: FakeClock) -> None:
    page = await browser.choose(await browser.authorize(acr_values=TWO_FACTORS), person='bob')
    assert is_second_factor_page(page)
    assert 'Is it really you, Bob?' in page.text
    clock.set(clock.now() + 10)
    claims = await claims_of(browser, await browser.choose(page, factor='confirm'))
    assert (claims['sub'], claims['acr'], claims['auth_time']) == ('demo|bob', TWO_FACTORS, clock.now())
    assert claims['amr'] == ['pwd', 'otp', 'mfa']


async def test_whoever_is_signed_in_is_asked_for_the_second_factor_only_and_stays_in_the_session(
    alice: Browser,
) -> None:
    sid = (await alice.claims((await alice.tokens())['id_token']))['sid']
    page = await alice.authorize(acr_values=TWO_FACTORS)
    assert is_second_factor_page(page)
    assert (await claims_of(alice, await alice.choose(page, factor='confirm')))['sid'] == sid


async def test_the_session_remembers_the_level(confirmed: Browser) -> None:
    assert (await claims_of(confirmed, await confirmed.authorize(acr_values=TWO_FACTORS)))['acr'] == TWO_FACTORS
    assert (await claims_of(confirmed, await confirmed.authorize(prompt='none')))['acr'] == TWO_FACTORS


async def test_the_answer_names_the_level_that_was_asked_for(confirmed: Browser) -> None:
    assert (await claims_of(confirmed, await confirmed.authorize(acr_values=PASSWORD)))['acr'] == PASSWORD


async def test_the_next_sign_in_begins_at_the_first_level(confirmed: Browser) -> None:
    await confirmed.click('alice')
    assert is_second_factor_page(await confirmed.authorize(acr_values=TWO_FACTORS))


async def test_going_on_without_it_is_answered_with_the_lower_level(alice: Browser) -> None:
    page = await alice.authorize(acr_values=TWO_FACTORS)
    claims = await claims_of(alice, await alice.choose(page, factor='skip'))
    assert (claims['acr'], claims['amr']) == (PASSWORD, ['pwd'])
    assert is_second_factor_page(await alice.authorize(acr_values=TWO_FACTORS))


async def test_somebody_else_can_sign_in_instead(alice: Browser) -> None:
    page = await alice.choose(await alice.authorize(acr_values=TWO_FACTORS), factor='another')
    assert 'demo-user-bob' in page.text
    page = await alice.choose(page, person='bob')
    assert is_second_factor_page(page)
    assert (await claims_of(alice, await alice.choose(page, factor='confirm')))['sub'] == 'demo|bob'


async def test_silently_it_is_interaction_required(alice: Browser) -> None:
    answer = await alice.answer(prompt='none', acr_values=TWO_FACTORS)
    answer.query.pop('error_description')
    assert answer.query == {'error': 'interaction_required', 'state': 'the state', 'iss': ISSUER}


async def test_without_a_session_it_is_login_required(browser: Browser) -> None:
    assert (await browser.answer(prompt='none', acr_values=TWO_FACTORS)).query['error'] == 'login_required'


async def test_a_level_that_nobody_here_can_reach_is_not_asked_for(alice: Browser) -> None:
    """OpenID Connect Core §5.5.1.1: the wish is voluntary."""
    assert (await claims_of(alice, await alice.authorize(acr_values='urn:nobody:knows')))['acr'] == PASSWORD


async def test_a_stale_second_factor_is_asked_for_again(confirmed: Browser, clock: FakeClock) -> None:
    clock.set(clock.now() + 61)
    page = await confirmed.authorize(acr_values=TWO_FACTORS, max_age='60')
    assert 'demo-user-alice' in page.text
    page = await confirmed.choose(page, person='alice')
    claims = await claims_of(confirmed, await confirmed.choose(page, factor='confirm'))
    assert (claims['acr'], claims['auth_time']) == (TWO_FACTORS, clock.now())


async def test_max_age_0_and_the_second_factor_end_with_a_code(alice: Browser) -> None:
    page = await alice.choose(await alice.authorize(acr_values=TWO_FACTORS, max_age='0'), person='alice')
    assert (await claims_of(alice, await alice.choose(page, factor='confirm')))['acr'] == TWO_FACTORS


@pytest.mark.parametrize('factor', ['confirm', 'skip', 'another', 'nonsense'])
async def test_a_second_factor_signs_nobody_in(alice: Browser, factor: str) -> None:
    page = await alice.authorize(acr_values=TWO_FACTORS)
    alice.http.cookies.clear()
    after = await alice.choose(page, factor=factor)
    assert 'demo-user-alice' in after.text
    assert not alice.http.cookies


async def test_a_refresh_says_what_the_sign_in_was(confirmed: Browser, clock: FakeClock) -> None:
    """OpenID Connect Core §12.2."""
    tokens = await confirmed.tokens(scope=OFFLINE, acr_values=TWO_FACTORS)
    await confirmed.click('alice')
    clock.set(clock.now() + 100)
    renewed = (await confirmed.refresh(tokens['refresh_token'])).json()
    before, after = await confirmed.claims(tokens['id_token']), await confirmed.claims(renewed['id_token'])
    assert after['acr'] == TWO_FACTORS
    assert [before[name] for name in ('acr', 'amr', 'auth_time')] == [after[n] for n in ('acr', 'amr', 'auth_time')]


async def test_the_level_outlives_a_restart(make_demo: MakeDemo, tmp_path: Path) -> None:
    browser = Browser(make_demo(tmp_path))
    await browser.click('alice')
    await browser.choose(await browser.authorize(acr_values=TWO_FACTORS), factor='confirm')
    tokens = await browser.tokens(scope=OFFLINE)
    after = Browser(make_demo(tmp_path))
    after.http.cookies = browser.http.cookies
    renewed = (await after.refresh(tokens['refresh_token'])).json()
    assert (await after.claims(renewed['id_token']))['acr'] == TWO_FACTORS
    assert 'code' in (await after.answer(prompt='none', acr_values=TWO_FACTORS)).query


async def test_the_page_keeps_the_request_and_nobody_may_frame_it(alice: Browser) -> None:
    page = await alice.authorize(acr_values=TWO_FACTORS, state='"><script>')
    assert 'state=%22%3E%3Cscript%3E' in Page(page.text).hidden['request']
    assert '<script' not in page.text
    assert "frame-ancestors 'none'" in page.headers['Content-Security-Policy']
