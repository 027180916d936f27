"""What a page of somebody's app showed of a person is out of sight, or gone, once they are."""

from __future__ import annotations

from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import StartApp
from tests.browser.notices.conftest import heard_by, log_out_in_another_tab, open_as, ticked_on, type_something
from tests.provider import RecordingProvider

REFUSAL = ({'error': 'invalid_grant'}, 400)


async def test_after_a_logout_in_another_tab_nothing_of_the_person_is_left_or_sent(
    start_host: StartApp, context: BrowserContext, page: Page
) -> None:
    app, heard = await start_host(), heard_by(page)
    await open_as(page, app)
    await type_something(page)
    assert any('The balance of Alice' in frame for frame in heard)
    other = await log_out_in_another_tab(context, app)
    cover = page.get_by_role('alertdialog', name='You are logged out')
    await expect(cover).to_be_visible()
    await expect(page.get_by_text('Alice')).to_have_count(0)
    assert 'Alice' not in await page.content()
    heard.clear()
    await expect(other.get_by_text('Tick 9')).to_be_visible()
    assert not [frame for frame in heard if 'Alice' in frame or 'balance' in frame]
    await cover.get_by_role('button', name='Log in').click()
    await page.get_by_test_id('demo-user-bob').click()
    await expect(page.get_by_test_id('ticks')).to_contain_text('The balance of Bob')
    assert 'Traceback' not in app.log()


async def test_a_page_whose_person_has_logged_out_is_told_of_a_sign_in_in_another_tab(
    start_host: StartApp, context: BrowserContext, page: Page
) -> None:
    app = await start_host()
    await open_as(page, app)
    other = await log_out_in_another_tab(context, app)
    cover = page.get_by_role('alertdialog')
    await expect(cover.get_by_role('button')).to_have_text('Log in')
    await open_as(other, app)
    await cover.get_by_role('button', name='Load this page').click()
    await expect(page.get_by_test_id('ticks')).to_contain_text('The balance of Alice')


async def test_a_page_that_is_watched_once_it_is_open_is_covered_as_well(
    start_host: StartApp, context: BrowserContext, page: Page
) -> None:
    app = await start_host()
    await open_as(page, app)
    await page.goto(f'{app.url}/late')
    await expect(page.get_by_test_id('ticks')).to_contain_text('balance')
    await log_out_in_another_tab(context, app)
    await expect(page.get_by_role('alertdialog', name='You are logged out')).to_be_visible()
    assert 'balance' not in await page.content()


async def test_another_person_who_signs_in_gets_nothing_of_the_first(
    start_host: StartApp, context: BrowserContext, page: Page
) -> None:
    app = await start_host()
    await open_as(page, app)
    other = await context.new_page()
    await other.goto(f'{app.url}/login?prompt=login')
    await other.get_by_test_id('demo-user-bob').click()
    await expect(other.get_by_test_id('ticks')).to_contain_text('The balance of Bob')
    cover = page.get_by_role('alertdialog', name='Somebody else is logged in now')
    await expect(cover).to_be_visible()
    assert 'Alice' not in await page.content()
    await cover.get_by_role('button', name='Load this page').click()
    await expect(page.get_by_test_id('ticks')).to_contain_text('The balance of Bob')


async def test_after_an_expiry_what_was_typed_waits_behind_the_cover_for_the_same_person(
    provider: RecordingProvider, start_host: StartApp, page: Page
) -> None:
    app = await start_host(RENEWAL='refresh_token')
    provider.token_lifetime = 6
    await open_as(page, app)
    await type_something(page)
    provider.answer('/token', *REFUSAL)
    cover = page.get_by_role('alertdialog')
    await expect(cover).to_be_visible(timeout=30_000)
    await expect(page.get_by_label('In the dialog')).not_to_be_visible()
    assert await page.evaluate("document.querySelector('.q-dialog').closest('body > *').inert")
    await expect(cover).to_be_focused()
    for _ in range(5):
        await page.keyboard.press('Tab')
        assert await page.evaluate(
            'document.activeElement === document.body || !!document.activeElement.closest(".ssi-covers")'
        )
    await cover.focus()
    await page.keyboard.press('Escape')
    await ticked_on(page, 10)  # within which the dialog would be gone
    provider.behave()
    provider.token_lifetime = 600
    async with page.expect_popup() as popup:
        await cover.get_by_role('button', name='Log in again').click()
    window = await popup.value
    if not window.is_closed():  # the provider may know her still
        await window.wait_for_event('close')
    await expect(cover).not_to_be_visible()
    await expect(page.get_by_role('dialog')).to_be_visible()
    await expect(page.get_by_label('In the dialog')).to_have_value('half a word')
    await page.keyboard.press('Escape')
    await expect(page.get_by_label('Note')).to_have_value('half a sent')
    await page.get_by_label('Note').fill('half a sentence')


async def test_who_was_away_for_too_long_goes_on_where_they_were(start_host: StartApp, page: Page) -> None:
    app = await start_host(SESSION_IDLE='3')
    await open_as(page, app)
    await page.get_by_label('Note').fill('half a sent')
    await expect(page.get_by_role('status')).to_contain_text('You will be logged out within a minute')
    cover = page.get_by_role('alertdialog', name='You were logged out, since nobody was here')
    await expect(cover).to_be_visible()
    async with page.expect_popup() as popup:
        await cover.get_by_role('button', name='Log in again').click()
    await (await popup.value).get_by_test_id('demo-user-alice').click()
    await expect(cover).not_to_be_visible()
    await expect(page.get_by_label('Note')).to_have_value('half a sent')


async def test_another_person_does_not_get_at_what_waits_behind_a_cover(start_host: StartApp, page: Page) -> None:
    app = await start_host(SESSION_IDLE='3')
    await open_as(page, app)
    cover = page.get_by_role('alertdialog', name='You were logged out, since nobody was here')
    async with page.expect_popup() as popup:
        await cover.get_by_role('button', name='Log in again').click()
    await (await popup.value).get_by_test_id('demo-user-bob').click()
    await expect(page.get_by_role('alertdialog', name='Somebody else is logged in now')).to_be_visible()
    assert 'Alice' not in await page.content()
