"""What the app does about each misbehaviour of the demo provider, as anybody can watch it, and that it comes back."""

from __future__ import annotations

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import StartApp
from tests.browser.server import AppServer
from tests.browser.tab import log_out, sign_in, signed_in_as
from tests.provider import RecordingProvider

LASTING = ('down', 'slow', 'rate-limiting', 'cookies-withheld', 'well')


@pytest.fixture
async def app(start_app: StartApp) -> AppServer:
    """The app with the demo provider; nothing is renewed but at once after a choice."""
    return await start_app(DEMO_TOKEN_LIFETIME='600', SILENT_TIMEOUT='6')


@pytest.fixture
async def panel(app: AppServer, page: Page) -> Page:
    """Alice at the panel, with nothing renewed yet."""
    await sign_in(page, app.url)
    await page.get_by_role('link', name='Session').click()
    await expect(page.get_by_test_id('what-if-well')).to_be_checked()
    return page


async def choose(page: Page, name: str) -> None:
    control = page.get_by_test_id(f'what-if-{name}')
    await (control.check() if name in LASTING else control.click())


async def state(page: Page, name: str) -> None:
    await expect(page.get_by_test_id('session-state')).to_have_text(name)


async def said(page: Page, text: str) -> None:
    """In the line above the page."""
    await expect(page.locator('.banner', has_text=text)).to_be_visible()


async def renewals(page: Page, count: int) -> None:
    await expect(page.get_by_test_id('renewal-count')).to_have_text(str(count), timeout=30_000)


async def log_in_again(page: Page) -> Page:
    """The window that the button opens; it may be closed again already."""
    async with page.expect_popup() as popup:
        await page.get_by_role('button', name='Log in again').click()
    return await popup.value


async def still_alice(page: Page) -> None:
    await expect(page.get_by_test_id('user-name')).to_have_text('Alice Adams')


async def test_down_is_waited_for(panel: Page) -> None:
    await choose(panel, 'down')
    await state(panel, 'retrying')
    await said(panel, 'You are still logged in; it is tried again by itself.')
    await still_alice(panel)
    await choose(panel, 'well')
    await state(panel, 'active')
    await renewals(panel, 1)


async def test_slow_is_waited_for_and_blocks_nothing(app: AppServer, panel: Page) -> None:
    await choose(panel, 'slow')
    await state(panel, 'renewing')
    await panel.get_by_role('link', name='Profile').click()
    await expect(panel.get_by_test_id('profile-email')).to_have_text('alice@example.com')
    await state(panel, 'renewing')
    await state(panel, 'active')
    await panel.get_by_role('link', name='Session').click()
    await renewals(panel, 1)
    assert 'Traceback' not in app.log()


async def test_a_rate_limit_is_respected(panel: Page) -> None:
    await choose(panel, 'rate-limiting')
    await state(panel, 'retrying')
    await said(panel, 'The sign-in service has a problem. You are still logged in')
    await choose(panel, 'well')
    await state(panel, 'active')
    await renewals(panel, 1)


async def test_with_cookies_withheld_the_person_is_asked_in_a_window(panel: Page) -> None:
    await choose(panel, 'cookies-withheld')
    await state(panel, 'sign-in-needed')
    await said(panel, 'The sign-in service does not recognise you in the background')
    await choose(panel, 'well')
    await state(panel, 'sign-in-needed')
    await log_in_again(panel)
    await signed_in_as(panel, 'Alice Adams')


async def test_with_cookies_withheld_signing_in_works(app: AppServer, panel: Page) -> None:
    await choose(panel, 'cookies-withheld')
    await state(panel, 'sign-in-needed')
    await log_out(panel)
    await sign_in(panel, app.url, 'bob')


async def test_who_signed_out_elsewhere_logs_in_again(panel: Page) -> None:
    await choose(panel, 'signed-out')
    await state(panel, 'sign-in-needed')
    await said(panel, 'Please log in again.')
    window = await log_in_again(panel)
    await window.get_by_test_id('demo-user-alice').click()
    await signed_in_as(panel, 'Alice Adams')
    await expect(panel.locator('.banner', has_text='Please log in again')).to_have_count(0)


async def test_another_user_is_said_and_goes_away(panel: Page) -> None:
    await choose(panel, 'another-user')
    await state(panel, 'sign-in-needed')
    await said(panel, 'Somebody else is signed in at the sign-in service')
    await still_alice(panel)
    await choose(panel, 'another-user')
    await state(panel, 'active')
    await renewals(panel, 1)


async def test_one_can_switch_to_the_other_user_and_back(panel: Page) -> None:
    await choose(panel, 'another-user')
    await panel.get_by_role('button', name='Switch to them').click()
    await signed_in_as(panel, 'Bob Brown')
    await choose(panel, 'another-user')
    await panel.get_by_role('button', name='Switch to them').click()
    await signed_in_as(panel, 'Alice Adams')


async def test_a_role_that_is_taken_away_is_gone_after_the_renewal_and_a_second_click_gives_it_back(
    app: AppServer, panel: Page
) -> None:
    async def roles() -> str:
        await panel.goto(f'{app.url}/profile')
        await panel.get_by_text('All claims').click()
        return await panel.locator('.claims code').inner_text()

    assert '"admin"' in await roles()
    for count, has_role in ((1, False), (2, True)):
        await panel.goto(f'{app.url}/session')
        await choose(panel, 'role-taken')
        await renewals(panel, count)
        await state(panel, 'active')
        assert ('"admin"' in await roles()) is has_role


async def test_rotated_keys_are_fetched(panel: Page) -> None:
    await choose(panel, 'keys-rotated')
    await renewals(panel, 1)
    await state(panel, 'active')
    await choose(panel, 'keys-rotated')
    await expect(panel.get_by_text('That was less than a minute ago.')).to_be_visible()
    await renewals(panel, 1)


async def test_two_tabs_show_the_same_choice(app: AppServer, panel: Page, context: BrowserContext) -> None:
    second = await context.new_page()
    await second.goto(f'{app.url}/session')
    await expect(second.get_by_test_id('what-if-well')).to_be_checked()
    await choose(panel, 'rate-limiting')
    await expect(second.get_by_test_id('what-if-rate-limiting')).to_be_checked()
    await expect(second.get_by_test_id('what-if-reminder')).to_be_hidden()  # the panel says it
    await second.get_by_role('link', name='Profile').click()
    await expect(second.get_by_test_id('what-if-reminder')).to_be_visible()
    await second.get_by_role('link', name='Session').click()
    await choose(second, 'well')
    await expect(panel.get_by_test_id('what-if-well')).to_be_checked()
    await expect(panel.get_by_test_id('what-if-reminder')).to_be_hidden()
    await choose(panel, 'rate-limiting')  # also where the radio button was pressed before
    await expect(second.get_by_test_id('what-if-rate-limiting')).to_be_checked()
    await expect(panel.get_by_test_id('what-if-well')).not_to_be_checked()


async def test_who_logged_out_while_it_is_down_can_end_that(app: AppServer, panel: Page) -> None:
    await choose(panel, 'down')
    await state(panel, 'retrying')
    await panel.get_by_test_id('logout').click()
    await expect(panel.get_by_text('The demo provider is down: somebody chose so')).to_be_visible()
    await panel.goto(app.url)
    await panel.get_by_test_id('what-if-end').click()
    await expect(panel.get_by_test_id('what-if-reminder')).to_be_hidden()
    await panel.get_by_test_id('login').click()
    await panel.get_by_test_id('demo-user-alice').click()  # it was not told of the logout, but is asked to ask
    await signed_in_as(panel, 'Alice Adams')


async def test_with_a_real_provider_there_is_nothing_of_this(
    provider: RecordingProvider, start_against: StartApp, page: Page
) -> None:
    app = await start_against()
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    await page.get_by_role('link', name='Session').click()
    await expect(page.get_by_test_id('renewal-count')).to_be_visible()
    await expect(page.locator('[data-testid^=what-if]')).to_have_count(0)
    assert 'What if?' not in await page.content()
    async with httpx.AsyncClient(trust_env=False, base_url=app.url) as http:
        for path in ('/demo', '/demo/.well-known/openid-configuration', '/demo/jwks', '/demo/api/public'):
            response = await http.get(path)
            assert response.status_code == 404 or 'There is no such page' in response.text, path
        for path in ('/demo/token', '/demo/sign-in', '/demo/api/messages'):
            assert (await http.post(path)).status_code in {404, 405}, path
