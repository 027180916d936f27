"""The demo provider's misbehaviours: what each does, that it ends, and that it does nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from app.demo.demo import ROTATION_INTERVAL, StandIn
from app.demo.overrides import DELAY, RETRY_AFTER, Lasting
from app.settings import Settings
from tests.clock import FakeClock, settle
from tests.demo.conftest import ISSUER, OFFLINE, AuthorizationAnswer, Browser

APP = 'http://localhost:9000'
OURS: dict[str, Any] = {'client_id': 'stay-signed-in', 'redirect_uri': f'{APP}/callback'}
CLIENT: dict[str, Any] = {'client_id': 'stay-signed-in'}


@pytest.fixture
def stand_in(tmp_path: Path, clock: FakeClock) -> Iterator[StandIn]:
    async def get(url: str) -> dict[str, Any]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(mounted)) as http:
            return dict((await http.get(url)).json())

    stand_in = StandIn(Settings(base_url=APP, data_dir=tmp_path), 'k' * 32, get, clock)
    mounted = Starlette(routes=[Mount('/demo', stand_in.app)])
    yield stand_in
    stand_in.close()


@pytest.fixture
async def browser(stand_in: StandIn) -> AsyncIterator[Browser]:
    browser = Browser(stand_in)
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
    stand_in: StandIn, browser: Browser, path: str
) -> None:
    stand_in.faults.choose(Lasting.DOWN)
    assert (await browser.http.get(f'{ISSUER}/{path}')).status_code == 503
    assert (await browser.token({'grant_type': 'authorization_code'})).status_code == 503
    stand_in.faults.choose(Lasting.WELL)
    assert (await browser.http.get(f'{ISSUER}/{path}')).status_code != 503


async def test_the_api_is_not_the_provider_and_stays_up(stand_in: StandIn, browser: Browser) -> None:
    stand_in.faults.choose(Lasting.DOWN)
    assert (await browser.http.get(f'{ISSUER}/api/public')).status_code == 200


async def test_slow_takes_its_time_and_does_not_hold_up_others(
    stand_in: StandIn, browser: Browser, clock: FakeClock
) -> None:
    assert 4 < DELAY < Settings.model_fields['silent_timeout'].default
    stand_in.faults.choose(Lasting.SLOW)
    answer = asyncio.create_task(silent(browser))
    await settle()
    assert (await browser.http.get(f'{ISSUER}/jwks')).status_code == 200
    await clock.advance(DELAY - 0.1)
    assert not answer.done()
    await clock.advance(0.1)
    assert 'code' in (await answer).query


async def test_both_steps_of_a_renewal_are_slow(
    stand_in: StandIn, browser: Browser, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def note(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(clock, 'sleep', note)
    stand_in.faults.choose(Lasting.SLOW)
    assert (await redeem(browser)).status_code == 200
    assert slept == [DELAY, DELAY]


async def test_rate_limiting_gives_out_no_tokens_and_says_for_how_long(stand_in: StandIn, browser: Browser) -> None:
    stand_in.faults.choose(Lasting.RATE_LIMITING)
    response = await redeem(browser)
    assert (response.status_code, response.headers['Retry-After']) == (429, str(RETRY_AFTER))
    stand_in.faults.choose(Lasting.WELL)
    assert (await redeem(browser)).status_code == 200


async def test_a_withheld_cookie_is_withheld_in_the_background_only(stand_in: StandIn, browser: Browser) -> None:
    stand_in.faults.choose(Lasting.COOKIES_WITHHELD)
    assert (await silent(browser)).query['error'] == 'login_required'
    assert 'code' in (await browser.answer(**OURS)).query  # a person who comes in a window of their own is known
    browser.http.cookies.clear()
    page = await browser.authorize(**OURS)
    assert 'demo-user-bob' in page.text  # and the sign-in page works
    clicked = await browser.click('bob', str(page.request.url.query, 'ascii'))
    assert 'code' in AuthorizationAnswer.of(await browser.http.get(clicked.headers['Location'])).query
    stand_in.faults.choose(Lasting.WELL)
    assert 'code' in (await silent(browser)).query


async def test_who_signed_out_elsewhere_signs_in_again(stand_in: StandIn, browser: Browser) -> None:
    refresh_token = (await redeem(browser, scope=OFFLINE)).json()['refresh_token']
    stand_in.sign_out_elsewhere((await claims(browser))['sid'])
    assert (await silent(browser)).query['error'] == 'login_required'
    assert 'demo-user-alice' in (await browser.authorize(**OURS)).text
    refused = await browser.refresh(refresh_token, **CLIENT)
    assert (refused.status_code, refused.json()['error']) == (400, 'invalid_grant')
    await browser.click('alice')
    assert 'code' in (await silent(browser)).query


async def test_signing_out_elsewhere_ends_nobody_elses_session(stand_in: StandIn, browser: Browser) -> None:
    other = Browser(stand_in)
    await other.click('alice')
    refresh_token = (await redeem(other, scope=OFFLINE)).json()['refresh_token']
    stand_in.sign_out_elsewhere((await claims(browser))['sid'])
    assert 'code' in (await silent(other)).query
    assert (await other.refresh(refresh_token, **CLIENT)).status_code == 200
    await other.http.aclose()


async def test_another_user_is_there_until_it_is_chosen_again(stand_in: StandIn, browser: Browser) -> None:
    sid = (await claims(browser))['sid']
    stand_in.let_another_in(sid, 'demo|alice')
    assert (await claims(browser))['sub'] == 'demo|bob'
    stand_in.let_another_in(sid, 'demo|alice')
    assert (await claims(browser))['sub'] == 'demo|alice'


async def test_bob_who_was_let_in_can_sign_out_elsewhere(stand_in: StandIn, browser: Browser) -> None:
    stand_in.let_another_in((await claims(browser))['sid'], 'demo|alice')
    stand_in.sign_out_elsewhere((await claims(browser))['sid'])
    assert (await silent(browser)).query['error'] == 'login_required'


async def test_another_user_can_be_there_after_a_sign_out(stand_in: StandIn, browser: Browser) -> None:
    sid = (await claims(browser))['sid']
    stand_in.sign_out_elsewhere(sid)
    stand_in.let_another_in(sid, 'demo|alice')
    assert (await claims(browser))['sub'] == 'demo|bob'


async def test_the_keys_are_rotated_at_most_once_a_minute(
    stand_in: StandIn, browser: Browser, clock: FakeClock
) -> None:
    async def kids() -> list[str]:
        return [key['kid'] for key in (await browser.http.get(f'{ISSUER}/jwks')).json()['keys']]

    first = await kids()
    assert await stand_in.rotate_keys()
    second = await kids()
    assert first != second
    assert not await stand_in.rotate_keys()
    assert await kids() == second
    await clock.advance(ROTATION_INTERVAL)
    assert await stand_in.rotate_keys()
    assert await claims(browser)


async def test_two_who_watch_are_both_told_and_one_who_left_is_not(stand_in: StandIn) -> None:
    seen: list[str] = []

    def one() -> None:
        seen.append(f'one {stand_in.faults.lasting}')

    def two() -> None:
        seen.append(f'two {stand_in.faults.lasting}')
        stand_in.faults.unwatch(two)

    stand_in.faults.watch(one)
    stand_in.faults.watch(two)
    stand_in.faults.choose(Lasting.DOWN)
    assert sorted(seen) == ['one down', 'two down']
    stand_in.faults.choose(Lasting.WELL)
    assert seen[2:] == ['one well']
