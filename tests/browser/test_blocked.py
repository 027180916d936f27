"""What a person sees whose browser blocks what the app needs: words that name the cause, and no loop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import StartApp
from tests.browser.server import AppServer
from tests.browser.tab import sign_in
from tests.provider import RecordingProvider

NO_STORAGE = """
for (const name of ['sessionStorage', 'localStorage'])
  Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
"""
NO_COOKIES = "Object.defineProperty(Navigator.prototype, 'cookieEnabled', { get: () => false })"


@pytest.fixture
async def without_scripts(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(java_script_enabled=False)
    yield await context.new_page()
    await context.close()


@pytest.mark.parametrize('path', ['/', '/profile', '/logout', '/error?code=x', '/silent', '/silent?code=c&state=s'])
async def test_without_javascript_every_page_says_so(lasting: AppServer, without_scripts: Page, path: str) -> None:
    await without_scripts.goto(lasting.url + path)
    await expect(without_scripts.get_by_role('heading')).to_have_text('This app needs JavaScript')
    await expect(without_scripts.get_by_role('heading')).to_be_visible()


async def test_without_storage_the_page_says_so(lasting: AppServer, context: BrowserContext) -> None:
    """As where a browser blocks all cookies and site data; NiceGUI does not connect then."""
    await context.add_init_script(NO_STORAGE)
    page = await context.new_page()
    await page.goto(lasting.url)
    await expect(page.get_by_test_id('connection')).to_contain_text('keeps no cookies and site data')
    await expect(page.get_by_test_id('checking')).to_be_hidden()


@pytest.mark.parametrize('said', [NO_STORAGE, NO_COOKIES], ids=['storage', 'cookies'])
async def test_without_cookies_nobody_is_sent_to_sign_in_in_vain(
    app: AppServer, provider: RecordingProvider, context: BrowserContext, said: str
) -> None:
    await context.add_init_script(said)
    page = await context.new_page()
    provider.requests.clear()
    await page.goto(f'{app.url}/profile')
    await expect(page.get_by_role('heading')).to_have_text('Your browser keeps no cookies here')
    assert '/authorize' not in provider.requests


async def test_an_extension_that_blocks_the_frame_is_named_among_the_causes(
    start_against: StartApp, context: BrowserContext, page: Page
) -> None:
    app = await start_against(SILENT_TIMEOUT='1')
    await sign_in(page, app.url)
    asked = 0

    async def block(route: Route) -> None:
        nonlocal asked
        asked += 1
        await route.abort('blockedbyclient')

    await context.route('**/authorize?*prompt=none*', block)
    await page.get_by_test_id('renew').click()
    await expect(page.get_by_text('an extension of your browser may block the hidden frame')).to_be_visible()
    await expect(page.get_by_test_id('user-name')).to_contain_text('Alice')
    assert asked
