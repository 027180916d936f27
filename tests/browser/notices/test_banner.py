"""What a page of somebody's app says by itself of its session, and keeps nobody out."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import StartApp
from tests.browser.notices.conftest import log_out_in_another_tab, open_as
from tests.browser.test_accessibility import nothing_found
from tests.provider import RecordingProvider

KEEPS_THE_FOCUS = """() => {
    document.querySelector('.q-footer button').focus();
    return document.querySelector('.q-dialog').contains(document.activeElement);
}"""
LAYOUT = "[...document.querySelectorAll('[data-testid]')].map((one) => JSON.stringify(one.getBoundingClientRect()))"
REFUSAL = ({'error': 'invalid_grant'}, 400)


async def test_a_page_that_shows_nothing_of_the_person_goes_on_with_a_word_above_it(
    start_host: StartApp, context: BrowserContext, page: Page
) -> None:
    app = await start_host()
    await open_as(page, app)
    await page.goto(f'{app.url}/news')
    other = await log_out_in_another_tab(context, app)
    await expect(page.get_by_role('status')).to_contain_text('You are no longer logged in here.')
    await expect(page.get_by_role('alertdialog')).not_to_be_visible()
    before = await page.get_by_test_id('ticks').inner_text()
    await expect(other.get_by_text('Tick 9')).to_be_visible()
    await expect(page.get_by_test_id('ticks')).not_to_have_text(before)
    await page.get_by_role('button', name='Dismiss').click()
    await expect(page.get_by_role('status')).to_be_empty()


async def test_the_banner_moves_nothing_and_can_be_used_above_a_dialog(
    provider: RecordingProvider, start_host: StartApp, page: Page
) -> None:
    app = await start_host(RENEWAL='refresh_token')
    await open_as(page, app)
    before = await page.evaluate(LAYOUT)
    provider.answer('/token', *REFUSAL)
    await page.get_by_role('button', name='Renew').click()
    status = page.get_by_role('status')
    await expect(status).to_contain_text('The sign-in service has ended your session')
    assert await page.evaluate(LAYOUT) == before
    header = await page.get_by_test_id('header').bounding_box()
    box = await status.bounding_box()
    assert header is not None
    assert box is not None
    assert box['y'] >= header['y'] + header['height']
    await page.get_by_role('button', name='Open').click()
    await page.get_by_label('In the dialog').fill('half a word')
    await page.wait_for_function(KEEPS_THE_FOCUS)  # which it does once it is all there
    provider.behave()
    again = status.get_by_role('button', name='Log in again')
    await again.focus()
    await expect(again).to_be_focused()
    async with page.expect_popup():
        await page.keyboard.press('Enter')
    await expect(status).to_be_empty()
    await expect(page.get_by_label('In the dialog')).to_have_value('half a word')


@pytest.mark.parametrize('how', ['window', 'tab'])
async def test_a_visitors_page_is_told_of_a_sign_in_and_loaded_anew_only_by_their_own_wish(
    start_host: StartApp, context: BrowserContext, page: Page, how: str
) -> None:
    app = await start_host()
    await page.goto(app.url)
    await expect(page.get_by_test_id('ticks')).to_contain_text('Tick')
    if how == 'window':
        async with page.expect_popup() as popup:
            await page.get_by_role('button', name='Log in in a window').click()
        await (await popup.value).get_by_test_id('demo-user-alice').click()
    else:
        await open_as(await context.new_page(), app)
    await expect(page.get_by_role('status')).to_contain_text('You are logged in now')
    await expect(page.get_by_test_id('ticks')).to_contain_text('Tick')
    await page.get_by_role('button', name='Load this page').click()
    await expect(page.get_by_test_id('ticks')).to_contain_text('The balance of Alice')


async def test_a_visitors_page_becomes_that_of_who_signs_in_in_its_browser_and_in_no_other_one(
    start_host: StartApp, browser: Browser, context: BrowserContext, page: Page
) -> None:
    """Somebody who was at the browser before has kept its cookie, and has a page of theirs open."""
    app = await start_host()
    await page.goto(f'{app.url}/greeting')
    await expect(page.get_by_test_id('greeting')).to_have_text('Hello stranger')
    elsewhere = await browser.new_context()
    try:
        await elsewhere.add_cookies(await context.cookies())  # type: ignore[arg-type]
        theirs = await elsewhere.new_page()
        await theirs.goto(f'{app.url}/greeting')
        async with page.expect_popup() as popup:
            await page.get_by_role('button', name='Log in in a window').click()
        async with theirs.expect_response(lambda response: response.url.endswith('/signed-in')) as shown:
            await (await popup.value).get_by_test_id('demo-user-alice').click()
        assert (await shown.value).status == 403
        await expect(page.get_by_test_id('greeting')).to_have_text('Hello Alice Adams')
        await expect(theirs.get_by_test_id('greeting')).to_have_text('Hello stranger')
    finally:
        await elsewhere.close()


async def test_a_policy_of_the_page_that_blocks_the_frame_is_told_at_once(start_host: StartApp, page: Page) -> None:
    app = await start_host(HOST_POLICY="frame-src 'self'", RENEWAL='iframe', SILENT_TIMEOUT='60')
    await open_as(page, app)
    await page.get_by_role('button', name='Renew').click()
    await expect(page.get_by_role('status')).to_contain_text('The policy of this page blocks the silent renewal')
    assert 'frame_blocked' in app.log()


async def test_what_a_hosts_page_shows_by_itself_keeps_nobody_out(start_host: StartApp, page: Page) -> None:
    app = await start_host(SESSION_IDLE='20', HOST_POLICY="frame-src 'self'", RENEWAL='iframe')
    await page.goto(f'{app.url}/callback')
    await nothing_found(page, '.ssi-page')
    await open_as(page, app)
    for path in ('logout', 'admins'):
        await page.goto(f'{app.url}/{path}')
        await expect(page.get_by_role('heading', level=1)).to_be_visible()
        await nothing_found(page, '.ssi-page')
    await page.goto(app.url)
    await page.get_by_role('button', name='Renew').click()
    await expect(page.get_by_role('status')).to_contain_text('The policy of this page')
    await nothing_found(page, '.ssi-notices')
    await expect(page.get_by_role('alertdialog')).to_be_visible(timeout=40_000)
    await nothing_found(page, '.ssi-notices')
    await page.goto(f'{app.url}/private')
    await nothing_found(page, '.ssi-page')
