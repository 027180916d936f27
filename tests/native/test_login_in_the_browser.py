"""NATIVE_LOGIN=browser: the window leaves signing in to the system's browser, a real one too (RFC 8252)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Page, Playwright, expect

from tests.browser import chromium
from tests.browser.axe import violations
from tests.browser.conftest import ARGUMENTS
from tests.browser.tab import renewed, signed_in_as, signed_out
from tests.native.conftest import OpenWindow
from tests.native.window import Window

pytestmark = pytest.mark.window


class Outside:
    """The system's browser: what BROWSER names hands each address on to a real Chromium."""

    def __init__(self, folder: Path, browser: Browser) -> None:
        folder.mkdir()
        self._opened = folder / 'opened'
        self.command = folder / 'browser'
        self.command.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >> {self._opened}\n')
        self.command.chmod(0o755)
        self._seen = 0
        self._browser = browser
        self.page: Page

    async def tab(self) -> Page:
        """The next one that the app opens, showing what it was told to show."""
        async with asyncio.timeout(30):
            while len(addresses := self._addresses()) <= self._seen:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)  # not for time to pass, but for it to write
        address = addresses[self._seen]
        self._seen += 1
        page = await self.new_page()
        await page.goto(address)
        return page

    async def new_page(self) -> Page:
        if not self._browser.contexts:
            (await self._browser.new_context()).set_default_timeout(15_000)
        return await self._browser.contexts[0].new_page()

    def was_asked(self) -> bool:
        return bool(self._addresses())

    def _addresses(self) -> list[str]:
        return self._opened.read_text().splitlines() if self._opened.exists() else []


@pytest.fixture
async def outside(playwright: Playwright, tmp_path: Path) -> AsyncIterator[Outside]:
    browser = await playwright.chromium.launch(executable_path=chromium.find(), args=ARGUMENTS)
    yield Outside(tmp_path / 'outside', browser)
    await browser.close()


def settings(outside: Outside) -> dict[str, str]:
    return {'NATIVE_LOGIN': 'browser', 'BROWSER': f'{outside.command} %s', 'DEMO_TOKEN_LIFETIME': '4'}


async def log_in(window: Window, outside: Outside) -> Page:
    await window.page.get_by_test_id('login').click()
    await expect(window.page.get_by_role('heading', name='Go on in your browser')).to_be_visible()
    assert not await violations(window.page)
    tab = await outside.tab()
    await tab.get_by_test_id('demo-user-alice').click()
    return tab


async def test_signing_in_there_finishes_here_and_the_refresh_token_renews(
    open_window: OpenWindow, outside: Outside
) -> None:
    async with open_window(**settings(outside)) as window:
        tab = await log_in(window, outside)
        await expect(tab.get_by_role('heading', name='Go back to the app')).to_be_visible()
        assert 'code=' not in tab.url
        assert not await violations(tab)
        await signed_in_as(window.page, 'Alice')
        await renewed(window.page, 1)
        await window.page.goto(f'{window.app.url}/session')
        await expect(window.page.get_by_test_id('log')).to_contain_text('With the refresh token')
        assert 'not renewed by iframe' not in window.app.log()  # nor was it tried, since it lacks the cookies
    async with open_window(**settings(outside)) as window:
        await signed_in_as(window.page, 'Alice')
        await renewed(window.page, 2)
        await window.page.get_by_test_id('logout').click()
        await signed_out(window.page)
        await expect(await outside.tab()).to_have_url(f'{window.app.url}/')  # by way of the provider
        await log_in(window, outside)  # which asks who it is: its own session has ended as well
        await signed_in_as(window.page, 'Alice')


async def test_who_says_no_there_is_told_so_here(open_window: OpenWindow, outside: Outside) -> None:
    async with open_window(**settings(outside)) as window:
        await window.page.goto(f'{window.app.url}/profile')
        tab = await outside.tab()
        (state,) = parse_qs(urlsplit(tab.url).query)['state']
        await tab.goto(f'{window.app.url}/callback?error=access_denied&state={state}')
        await expect(tab.get_by_role('heading', name='Go back to the app')).to_be_visible()
        await expect(window.page.get_by_test_id('error-code')).to_have_text('access_denied')


async def test_a_tab_that_was_closed_can_be_opened_again(open_window: OpenWindow, outside: Outside) -> None:
    async with open_window(**settings(outside)) as window:
        await window.page.goto(f'{window.app.url}/profile')
        await (await outside.tab()).close()
        await window.page.get_by_role('button', name='Open it again').click()
        tab = await outside.tab()
        await tab.get_by_test_id('demo-user-bob').click()
        await expect(window.page).to_have_url(f'{window.app.url}/profile')
        await signed_in_as(window.page, 'Bob')


async def test_who_cancelled_stays_where_they_are(open_window: OpenWindow, outside: Outside) -> None:
    async with open_window(**settings(outside)) as window:
        await window.page.get_by_test_id('login').click()
        tab = await outside.tab()
        await window.page.get_by_role('link', name='Cancel').click()
        await expect(window.page.get_by_text('Log in once. Stay logged in.')).to_be_visible()
        await tab.get_by_test_id('demo-user-alice').click()
        await expect(tab.get_by_test_id('error-code')).to_have_text('another_browser')
        await signed_out(window.page)


async def test_a_machine_without_a_browser_is_told_what_to_do(open_window: OpenWindow, outside: Outside) -> None:
    async with open_window(
        **settings(outside) | {'BROWSER': '/nonexistent/browser %s', 'PATH': '/nonexistent'}
    ) as window:
        await window.page.get_by_test_id('login').click()
        await expect(window.page.get_by_test_id('error-code')).to_have_text('no_system_browser')
        await expect(window.page.get_by_text('NATIVE_LOGIN=window')).to_be_visible()


async def test_any_other_browser_signs_in_in_itself(open_window: OpenWindow, outside: Outside) -> None:
    """Else whoever reaches the port could be signed in by the person at the system's browser."""
    async with open_window(**settings(outside)) as window:
        page = await outside.new_page()
        await page.goto(f'{window.app.url}/login')
        await expect(page.get_by_test_id('demo-user-bob')).to_be_visible()
        await page.goto(f'{window.app.url}/login-elsewhere')
        await expect(page.get_by_text('There is no such page')).to_be_visible()
        await page.goto(f'{window.app.url}/window?key=guessed')
        await page.goto(f'{window.app.url}/login-elsewhere')
        await expect(page.get_by_text('There is no such page')).to_be_visible()
        assert not outside.was_asked()
