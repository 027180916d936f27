"""Where in a page somebody was, they are again after a sign-in: what only a browser knows of an address."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.server import AppServer
from tests.browser.tab import log_out, sign_in, signed_in_as
from tests.browser.test_silent_sign_in import forget_the_app

JAPANESE = '/profile?q=' + quote('日本語の住所' * 20)


@pytest.mark.parametrize('address', ['/profile#claims', f'{JAPANESE}#claims', '/profile?tab=1#a%20b|c?d=%23'])
async def test_an_address_survives_the_sign_in_page_of_the_provider(app: AppServer, page: Page, address: str) -> None:
    await page.goto(app.url + address)
    await page.get_by_test_id('demo-user-alice').click()
    await signed_in_as(page, 'Alice Adams')
    await expect(page).to_have_url(app.url + address)
    assert await page.evaluate('history.length') == 3, 'about:blank, the sign-in page, and where it leads'


async def test_log_in_on_an_open_page_takes_the_fragment_of_that_moment_along(app: AppServer, page: Page) -> None:
    await page.goto(f'{app.url}/?tab=1#first')
    await expect(page.get_by_test_id('checking')).to_have_count(0)
    await page.evaluate("location.hash = 'second'")
    await page.get_by_test_id('login').click()
    await page.get_by_test_id('demo-user-alice').click()
    await signed_in_as(page, 'Alice Adams')
    await expect(page).to_have_url(f'{app.url}/?tab=1#second')


async def test_a_silent_sign_in_keeps_the_fragment(app: AppServer, context: BrowserContext, page: Page) -> None:
    await sign_in(page, app.url)
    await forget_the_app(context)
    await page.goto(f'{app.url}/?tab=1#there')
    await signed_in_as(page, 'Alice Adams')
    await expect(page).to_have_url(f'{app.url}/?tab=1#there')


async def test_a_page_that_asks_for_a_sign_in_brings_back_to_the_place_in_it(app: AppServer, page: Page) -> None:
    """The session has ended, so that nothing goes to the provider without a click."""
    await sign_in(page, app.url)
    await page.route('**/end-session**', lambda route: route.fulfill(status=303, headers={'Location': app.url}))
    await log_out(page)
    await page.goto(f'{app.url}/profile#claims')
    await page.get_by_role('link', name='Log in').click()
    await page.get_by_test_id('demo-user-alice').click()
    await signed_in_as(page, 'Alice Adams')
    await expect(page).to_have_url(f'{app.url}/profile#claims')
