"""Where every SDK fails its users, in a real browser."""

from __future__ import annotations

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import StartApp
from tests.browser.server import AppServer
from tests.browser.tab import renewals, renewed, sign_in, signed_in_as, signed_out
from tests.provider import RecordingProvider

NOT_IN_A_FRAME = {'X-Frame-Options': 'DENY', 'Content-Type': 'text/html'}
OFFLINE = 'openid profile email offline_access'


async def test_framing_forbidden_is_retried_and_explained(
    provider: RecordingProvider, start_against: StartApp, page: Page
) -> None:
    app = await start_against(SILENT_TIMEOUT='1')
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    provider.answer('/authorize', '<h1>Log in</h1>', 200, **NOT_IN_A_FRAME)
    await page.get_by_test_id('renew').click()
    await expect(page.get_by_test_id('session-state')).to_have_text('retrying')
    await expect(page.get_by_text('The silent renewal got no answer')).to_be_visible()
    await expect(page.get_by_text('it may forbid being framed')).to_be_visible()
    provider.behave()
    await renewed(page, 1)
    await expect(page.get_by_test_id('session-state')).to_have_text('active')


async def test_framing_forbidden_is_no_matter_with_a_refresh_token(
    provider: RecordingProvider, start_against: StartApp, page: Page
) -> None:
    app = await start_against(SILENT_TIMEOUT='1', OIDC_SCOPE=OFFLINE)
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    provider.answer('/authorize', '<h1>Log in</h1>', 200, **NOT_IN_A_FRAME)
    await page.get_by_test_id('renew').click()
    await renewed(page, 1)
    await expect(page.get_by_test_id('session-state')).to_have_text('active')


@pytest.mark.parametrize('issuer_host', ['127.0.0.1'])
async def test_withheld_cookies_are_named_and_the_person_goes_on_in_a_window_of_its_own(
    provider: RecordingProvider, start_against: StartApp, page: Page
) -> None:
    """The provider is another site (127.0.0.1 is not localhost), so its Lax cookie does not reach the frame."""
    app = await start_against()
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    await page.get_by_label('Your note').fill('half a sent')
    await page.get_by_test_id('renew').click()
    await expect(page.get_by_test_id('session-state')).to_have_text('sign-in-needed')
    await expect(page.get_by_text('does not recognise you in the background')).to_be_visible()
    async with page.expect_popup() as popup:
        await page.get_by_role('button', name='Log in again').click()
    window = await popup.value
    if not window.is_closed():
        await window.wait_for_event('close')
    await signed_in_as(page, 'Alice Adams')
    assert await page.get_by_label('Your note').input_value() == 'half a sent'


@pytest.mark.parametrize('issuer_host', ['127.0.0.1'])
async def test_withheld_cookies_are_no_matter_with_a_refresh_token(
    provider: RecordingProvider, start_against: StartApp, page: Page
) -> None:
    app = await start_against(OIDC_SCOPE=OFFLINE)
    await sign_in(page, app.url)
    await renewed(page, 2)
    provider.requests.clear()
    await renewed(page, await renewals(page) + 1)
    assert '/authorize' not in provider.requests  # the frame is not asked any more


async def test_a_blocked_window_leads_the_whole_page_there_and_back(
    provider: RecordingProvider, app: AppServer, page: Page
) -> None:
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    await page.get_by_role('link', name='Profile').click()
    await page.context.clear_cookies(name=f'demo_provider_{provider.issuer.rsplit(":", 1)[1]}')
    provider.answer('/token', {'error': 'invalid_grant'}, 400)
    await page.get_by_test_id('renew').click()
    await expect(page.get_by_test_id('session-state')).to_have_text('sign-in-needed')
    provider.behave()
    await page.evaluate('window.open = () => null')
    await page.get_by_role('button', name='Log in again').click()
    await page.get_by_test_id('demo-user-alice').click()
    await expect(page).to_have_url(f'{app.url}/profile')
    await signed_in_as(page, 'Alice Adams')


async def test_somebody_else_at_the_provider_is_said_and_offered(
    provider: RecordingProvider, app: AppServer, context: BrowserContext, page: Page
) -> None:
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    await context.request.post(f'{provider.issuer}/sign-in', form={'person': 'bob', 'request': ''}, max_redirects=0)
    await page.get_by_test_id('renew').click()
    await expect(page.get_by_text('Somebody else is signed in at the sign-in service')).to_be_visible()
    await expect(page.get_by_test_id('user-name')).to_have_text('Alice Adams')
    assert 'Bob' not in await page.inner_text('body')
    await page.get_by_role('button', name='Switch to them').click()
    await signed_in_as(page, 'Bob Brown')


async def test_a_websocket_that_is_cut_in_the_middle_of_a_renewal_loses_nothing(
    provider: RecordingProvider, start_against: StartApp, page: Page
) -> None:
    app = await start_against()
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    release = provider.hang('/authorize')
    await page.get_by_test_id('renew').click()
    await expect(page.locator('iframe')).to_have_count(1)
    await page.evaluate('window.socket.disconnect()')
    release.set()
    await page.evaluate('window.socket.connect()')
    await renewed(page, 1)
    await expect(page.get_by_test_id('session-state')).to_have_text('active')


async def test_a_tab_that_is_closed_in_the_middle_of_a_renewal_hands_over_to_another(
    provider: RecordingProvider, start_against: StartApp, context: BrowserContext, page: Page
) -> None:
    app = await start_against()
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    second = await context.new_page()
    await second.goto(app.url)
    await signed_in_as(second, 'Alice Adams')
    release = provider.hang('/authorize')
    await page.get_by_test_id('renew').click()
    await expect(second.locator('iframe')).to_have_count(1)  # the newest tab is asked first
    await second.close()
    release.set()
    await renewed(page, 1)


async def test_after_sleeping_for_longer_than_the_token_lives_it_is_renewed_soon(
    provider: RecordingProvider, start_against: StartApp, page: Page
) -> None:
    app = await start_against()
    provider.token_lifetime = 4
    await sign_in(page, app.url)
    count = await renewals(page)
    app.suspend()
    await expect(page.get_by_test_id('expires-at')).to_have_text('00:00')  # the browser's own countdown goes on
    app.resume()
    await page.wait_for_function(
        "count => Number(document.querySelector('[data-testid=renewal-count]')?.innerText ?? -1) > count",
        arg=count,
        timeout=5_000,
    )
    await signed_in_as(page, 'Alice Adams')


async def test_being_offline_at_the_moment_of_renewal_loses_nothing(
    provider: RecordingProvider, start_against: StartApp, page: Page, context: BrowserContext
) -> None:
    app = await start_against()
    await sign_in(page, app.url)
    await renewed(page, 1)
    await context.set_offline(True)
    await expect(page.get_by_test_id('expires-at')).to_have_text('00:00')  # the browser's own countdown goes on
    await context.set_offline(False)
    await expect(page.get_by_test_id('session-state')).to_have_text('active', timeout=30_000)
    await renewed(page, 2)
    await signed_in_as(page, 'Alice Adams')


async def test_three_tabs_share_one_renewal(
    provider: RecordingProvider, start_against: StartApp, context: BrowserContext, page: Page
) -> None:
    app = await start_against()
    await sign_in(page, app.url)
    tabs = [page, *[await context.new_page() for _ in range(2)]]
    for tab in tabs[1:]:
        await tab.goto(app.url)
        await signed_in_as(tab, 'Alice Adams')
    provider.requests.clear()
    before = await renewals(page)
    for tab in tabs:
        await renewed(tab, before + 1)
    await renewed(page, before + 2)
    count = await renewals(page) - before
    assert provider.requests[: 2 * count] == ['/authorize', '/token'] * count


async def test_who_does_nothing_is_warned_and_then_logged_out(
    provider: RecordingProvider, start_against: StartApp, page: Page
) -> None:
    app = await start_against(SESSION_IDLE='4')
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    await expect(page.get_by_text('You will be logged out within a minute')).to_be_visible()
    await signed_out(page)
    await expect(page.get_by_text('You were logged out, since nobody was here')).to_be_visible()
