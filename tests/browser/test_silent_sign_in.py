"""A visitor whose session at the provider is alive is signed in when the app opens."""

from __future__ import annotations

from playwright.async_api import BrowserContext, Page, expect

from tests.browser.server import AppServer
from tests.browser.tab import log_out, sign_in, signed_in_as, signed_out
from tests.provider import RecordingProvider


async def forget_the_app(context: BrowserContext) -> None:
    """The app's cookie is gone, the provider's stays."""
    for cookie in await context.cookies():
        if cookie['name'].startswith('stay_signed_in'):
            await context.clear_cookies(name=cookie['name'])


async def test_a_visitor_whom_the_provider_knows_is_signed_in_by_itself(
    app: AppServer, context: BrowserContext, page: Page
) -> None:
    await sign_in(page, app.url)
    await forget_the_app(context)
    await page.goto(app.url)
    await signed_in_as(page, 'Alice Adams')


async def test_a_visitor_whom_the_provider_does_not_know_is_asked_about_once_a_visit(
    app: AppServer, provider: RecordingProvider, page: Page
) -> None:
    release = provider.hang('/authorize')
    await page.goto(app.url, wait_until='commit')  # the page has not loaded before its frame has
    await expect(page.get_by_test_id('checking')).to_have_text('Checking for a session...')
    await expect(page.get_by_test_id('login')).to_be_visible()
    release.set()
    await expect(page.get_by_test_id('checking')).to_have_count(0)
    await signed_out(page)
    provider.requests.clear()
    for _ in range(2):
        await page.reload()
        await signed_out(page)
        assert await page.get_by_test_id('checking').count() == 0
    assert provider.requests == []


async def test_nobody_is_signed_in_again_after_they_logged_out(
    app: AppServer, provider: RecordingProvider, context: BrowserContext, page: Page
) -> None:
    await sign_in(page, app.url)
    await page.route('**/end-session**', lambda route: route.fulfill(status=303, headers={'Location': app.url}))
    await log_out(page)
    provider.requests.clear()
    second = await context.new_page()
    await second.goto(app.url)
    await signed_out(second)
    assert await second.get_by_test_id('checking').count() == 0
    assert set(provider.requests) <= {'/revoke'}


async def test_a_silent_sign_in_that_fails_late_shows_no_error(
    app: AppServer, provider: RecordingProvider, context: BrowserContext, page: Page
) -> None:
    await sign_in(page, app.url)
    await forget_the_app(context)
    provider.answer('/token', status=500)
    await page.goto(app.url)
    await page.wait_for_load_state('networkidle')
    await expect(page.get_by_test_id('checking')).to_have_count(0)
    await signed_out(page)
    await expect(page.get_by_test_id('error-code')).to_have_count(0)
