"""COOKIE_MAX_AGE: for how long a browser remembers."""

from __future__ import annotations

import time

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from app.auth import Auth
from app.errors import SettingsError
from app.settings import Settings
from app.settings.fields import LONGEST_COOKIE
from app.settings.guest import load_for_host
from app.web.browser import DAY, BrowserCookie, browser_of
from app.web.earlier_cookie import EarlierCookie
from tests.clock import FakeClock
from tests.web.test_browser import KEY, cookie_of, earlier_cookie


def settings(max_age: int) -> Settings:
    return Settings(
        cookie_max_age=max_age, secret_key=SecretStr(KEY), oidc_issuer='https://idp.example', oidc_client_id='app'
    )


async def opened(clock: FakeClock, max_age: int, cookie: str = '') -> httpx.Response:
    """The answer to a browser with this cookie: its id."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response: Response = PlainTextResponse(browser_of(Request(scope, receive)).id)
        await response(scope, receive, send)

    front = BrowserCookie(app, settings=settings(max_age), secret_key=lambda: KEY, clock=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(front)) as client:
        return await client.get('http://localhost:8080', headers={'Cookie': cookie})


async def test_with_0_the_browser_forgets_when_it_is_closed(clock: FakeClock) -> None:
    first = await opened(clock, 0)
    assert 'max-age' not in first.headers['Set-Cookie'].lower()
    assert 'expires' not in first.headers['Set-Cookie'].lower()
    jar = httpx.Cookies()
    jar.extract_cookies(first)
    (kept,) = jar.jar
    assert kept.discard  # which http.cookiejar drops at the end of the session
    jar.jar.clear_session_cookies()
    assert not jar.jar


async def test_with_0_a_browser_that_stays_open_is_known_on(clock: FakeClock) -> None:
    first = await opened(clock, 0)
    again = await opened(FakeClock(clock.now() + 30 * DAY), 0, cookie_of(first))
    assert again.text == first.text
    assert 'Max-Age' not in again.headers['Set-Cookie']  # nor does its renewal make it last
    assert (await opened(FakeClock(clock.now() + LONGEST_COOKIE + 1), 0, cookie_of(first))).text != first.text


@pytest.mark.parametrize(('max_age', 'renewed_after'), [(3600, 900), (60, 15), (2 * DAY, DAY // 2), (30 * DAY, DAY)])
async def test_a_short_one_is_renewed_by_use(clock: FakeClock, max_age: int, renewed_after: int) -> None:
    first = await opened(clock, max_age)
    assert f'; Max-Age={max_age};' in first.headers['Set-Cookie']
    early = await opened(FakeClock(clock.now() + renewed_after - 1), max_age, cookie_of(first))
    late = await opened(FakeClock(clock.now() + renewed_after), max_age, cookie_of(first))
    assert ('Set-Cookie' in early.headers, 'Set-Cookie' in late.headers) == (False, True)
    beyond = FakeClock(clock.now() + max_age + 1)  # of the first, but not of the second
    assert (await opened(beyond, max_age, cookie_of(late))).text == first.text


async def test_unused_it_expires_on_the_server_too_where_a_copy_has_no_max_age(clock: FakeClock) -> None:
    first = await opened(clock, 3600)
    assert (await opened(FakeClock(clock.now() + 3600), 3600, cookie_of(first))).text == first.text
    assert (await opened(FakeClock(clock.now() + 3601), 3600, cookie_of(first))).text != first.text


@pytest.mark.parametrize(
    ('max_age', 'after', 'is_read'),
    [(0, 0, False), (3600, 3000, True), (3600, 4000, False), (LONGEST_COOKIE, 4000, True)],
)
def test_the_cookie_of_the_version_before_lasts_no_longer(max_age: int, after: float, is_read: bool) -> None:
    cookies = {'stay_signed_in_8080': earlier_cookie(session='s' * 30)}
    said = EarlierCookie(settings(max_age), KEY).read(cookies, time.time() + after)
    assert (said is not None) == is_read


@pytest.mark.parametrize(('max_age', 'of_nicegui'), [(0, None), (3600, 3600)])
def test_nor_does_the_cookie_of_nicegui(max_age: int, of_nicegui: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('app.whole_app.check_port', lambda _: None)
    options = Auth(settings=settings(max_age)).server_options()
    assert options['session_middleware_kwargs']['max_age'] == of_nicegui


@pytest.mark.parametrize('max_age', [-1, 1, 59, LONGEST_COOKIE + 1, 'a day'])
def test_what_no_browser_would_do_stops_the_start(max_age: object) -> None:
    with pytest.raises(SettingsError, match='cookie_max_age'):
        load_for_host(cookie_max_age=max_age)


@pytest.mark.parametrize('max_age', [0, 60, LONGEST_COOKIE])
def test_what_one_would_do_is_taken(max_age: int) -> None:
    assert load_for_host(cookie_max_age=max_age).cookie_max_age == max_age
