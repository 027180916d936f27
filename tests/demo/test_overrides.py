"""The demo provider's misbehaviours: what each does, that it ends, and that it does nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.demo.demo import ROTATION_INTERVAL, Demo
from app.demo.overrides import DELAY, RETRY_AFTER, Lasting
from app.settings import Settings
from tests.clock import FakeClock, settle
from tests.demo.conftest import CLIENT, ISSUER, OFFLINE, OURS, AuthorizationAnswer, Browser


@pytest.fixture
async def browser(demo_provider: Demo) -> AsyncIterator[Browser]:
    browser = Browser(demo_provider)
    await browser.click('alice')
    yield browser
    await browser.http.aclose()


async def silent(browser: Browser, **params: str) -> AuthorizationAnswer:
    """What the hidden frame is answered."""
    return await browser.answer(prompt='none', **OURS, **params)


async def redeem(browser: Browser, **params: str) -> httpx.Response:
    return await browser.redeem((await silent(browser, **params)).query['code'], **OURS)


async def claims(browser: Browser) -> dict[str, Any]:
    """Those of an ID token that the provider issues now."""
    return await browser.claims((await redeem(browser)).json()['id_token'], 'stay-signed-in')


@pytest.mark.parametrize('path', ['.well-known/openid-configuration', 'jwks', 'authorize', 'end-session', 'userinfo'])
async def test_down_answers_everything_with_an_error_until_it_ends(
    demo_provider: Demo, browser: Browser, path: str
) -> None:
    demo_provider.overrides.choose(Lasting.DOWN)
    assert (await browser.http.get(f'{ISSUER}/{path}')).status_code == 503
    assert (await browser.token({'grant_type': 'authorization_code'})).status_code == 503
    demo_provider.overrides.choose(Lasting.WELL)
    assert (await browser.http.get(f'{ISSUER}/{path}')).status_code != 503


async def test_the_api_is_not_the_provider_and_stays_up(demo_provider: Demo, browser: Browser) -> None:
    demo_provider.overrides.choose(Lasting.DOWN)
    assert (await browser.http.get(f'{ISSUER}/api/public')).status_code == 200


async def test_slow_takes_its_time_and_does_not_hold_up_others(
    demo_provider: Demo, browser: Browser, clock: FakeClock
) -> None:
    assert 4 < DELAY < Settings.model_fields['silent_timeout'].default
    demo_provider.overrides.choose(Lasting.SLOW)
    answer = asyncio.create_task(silent(browser))
    await settle()
    assert (await browser.http.get(f'{ISSUER}/jwks')).status_code == 200
    await clock.advance(DELAY - 0.1)
    assert not answer.done()
    await clock.advance(0.1)
    assert 'code' in (await answer).query


async def test_both_steps_of_a_renewal_are_slow(
    demo_provider: Demo, browser: Browser, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def note(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(clock, 'sleep', note)
    demo_provider.overrides.choose(Lasting.SLOW)
    assert (await redeem(browser)).status_code == 200
    assert slept == [DELAY, DELAY]


async def test_rate_limiting_gives_out_no_tokens_and_says_for_how_long(demo_provider: Demo, browser: Browser) -> None:
    demo_provider.overrides.choose(Lasting.RATE_LIMITING)
    response = await redeem(browser)
    assert (response.status_code, response.headers['Retry-After']) == (429, str(RETRY_AFTER))
    demo_provider.overrides.choose(Lasting.WELL)
    assert (await redeem(browser)).status_code == 200


async def test_a_withheld_cookie_is_withheld_in_a_frame_too_whose_request_was_pushed(
    demo_provider: Demo, browser: Browser
) -> None:
    demo_provider.overrides.choose(Lasting.COOKIES_WITHHELD)
    browser.http.headers['Sec-Fetch-Dest'] = 'iframe'
    request_uri = (await browser.push(prompt='none', **OURS)).json()['request_uri']
    answer = await browser.http.get(f'{ISSUER}/authorize', params={**CLIENT, 'request_uri': request_uri})
    assert AuthorizationAnswer.of(answer).query['error'] == 'login_required'


async def test_a_withheld_cookie_is_withheld_in_the_background_only(demo_provider: Demo, browser: Browser) -> None:
    demo_provider.overrides.choose(Lasting.COOKIES_WITHHELD)
    assert (await silent(browser)).query['error'] == 'login_required'
    assert 'code' in (await browser.answer(**OURS)).query  # a person who comes in a window of their own is known
    browser.http.cookies.clear()
    page = await browser.authorize(**OURS)
    assert 'demo-user-bob' in page.text  # and the sign-in page works
    clicked = await browser.click('bob', str(page.request.url.query, 'ascii'))
    assert 'code' in AuthorizationAnswer.of(await browser.http.get(clicked.headers['Location'])).query
    demo_provider.overrides.choose(Lasting.WELL)
    assert 'code' in (await silent(browser)).query


async def test_who_signed_out_elsewhere_signs_in_again(demo_provider: Demo, browser: Browser) -> None:
    refresh_token = (await redeem(browser, scope=OFFLINE)).json()['refresh_token']
    demo_provider.sign_out_elsewhere((await claims(browser))['sid'])
    assert (await silent(browser)).query['error'] == 'login_required'
    assert 'demo-user-alice' in (await browser.authorize(**OURS)).text
    refused = await browser.refresh(refresh_token, **CLIENT)
    assert (refused.status_code, refused.json()['error']) == (400, 'invalid_grant')
    await browser.click('alice')
    assert 'code' in (await silent(browser)).query


async def test_signing_out_elsewhere_ends_nobody_elses_session(demo_provider: Demo, browser: Browser) -> None:
    other = Browser(demo_provider)
    await other.click('alice')
    refresh_token = (await redeem(other, scope=OFFLINE)).json()['refresh_token']
    demo_provider.sign_out_elsewhere((await claims(browser))['sid'])
    assert 'code' in (await silent(other)).query
    assert (await other.refresh(refresh_token, **CLIENT)).status_code == 200
    await other.http.aclose()


async def test_another_user_is_there_until_it_is_chosen_again(demo_provider: Demo, browser: Browser) -> None:
    sid = (await claims(browser))['sid']
    demo_provider.let_another_in(sid, 'demo|alice')
    assert (await claims(browser))['sub'] == 'demo|bob'
    demo_provider.let_another_in(sid, 'demo|alice')
    assert (await claims(browser))['sub'] == 'demo|alice'


async def test_bob_who_was_let_in_can_sign_out_elsewhere(demo_provider: Demo, browser: Browser) -> None:
    demo_provider.let_another_in((await claims(browser))['sid'], 'demo|alice')
    demo_provider.sign_out_elsewhere((await claims(browser))['sid'])
    assert (await silent(browser)).query['error'] == 'login_required'


async def test_another_user_can_be_there_after_a_sign_out(demo_provider: Demo, browser: Browser) -> None:
    sid = (await claims(browser))['sid']
    demo_provider.sign_out_elsewhere(sid)
    demo_provider.let_another_in(sid, 'demo|alice')
    assert (await claims(browser))['sub'] == 'demo|bob'


async def test_the_keys_are_rotated_at_most_once_a_minute(
    demo_provider: Demo, browser: Browser, clock: FakeClock
) -> None:
    async def kids() -> list[str]:
        return [key['kid'] for key in (await browser.http.get(f'{ISSUER}/jwks')).json()['keys']]

    first = await kids()
    assert await demo_provider.rotate_keys()
    second = await kids()
    assert first != second
    assert not await demo_provider.rotate_keys()
    assert await kids() == second
    await clock.advance(ROTATION_INTERVAL)
    assert await demo_provider.rotate_keys()
    assert await claims(browser)


async def test_two_who_watch_are_both_told_and_one_who_left_is_not(demo_provider: Demo) -> None:
    seen: list[str] = []

    def one() -> None:
        seen.append(f'one {demo_provider.overrides.lasting}')

    def two() -> None:
        seen.append(f'two {demo_provider.overrides.lasting}')
        demo_provider.overrides.unwatch(two)

    demo_provider.overrides.watch(one)
    demo_provider.overrides.watch(two)
    demo_provider.overrides.choose(Lasting.DOWN)
    assert sorted(seen) == ['one down', 'two down']
    demo_provider.overrides.choose(Lasting.WELL)
    assert seen[2:] == ['one well']
