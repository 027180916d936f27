"""A page that wants a recent sign-in asks again after a minute, and a button does so without losing what was typed."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.conftest import StartApp

APP = Path(__file__).parent / 'step_up_app.py'
DEMO_USER = 'demo-user-alice'


async def test_a_page_asks_again_after_a_minute_and_comes_back_to_the_page(start_app: StartApp, page: Page) -> None:
    app = await start_app(None, APP)
    there, inside = f'{app.url}/safe?of=alice#door', page.get_by_text('What is in the safe')
    await page.goto(there)
    await page.get_by_test_id(DEMO_USER).click()
    await expect(inside).to_be_visible()
    await page.reload()
    await expect(inside).to_be_visible()

    await page.request.get(f'{app.url}/move?seconds=61')
    await page.evaluate('document.before = true')
    await expect(inside).to_be_visible()  # nothing covers it, or leads away from it, while it is open
    assert await page.evaluate('document.before')
    await page.reload()
    await page.get_by_test_id(DEMO_USER).click()
    await expect(inside).to_be_visible()
    assert page.url == there


async def test_a_button_asks_in_a_window_of_its_own_and_what_was_typed_stays(start_app: StartApp, page: Page) -> None:
    app = await start_app(None, APP)
    await page.goto(app.url)
    await page.get_by_test_id(DEMO_USER).click()
    await page.get_by_label('Note').fill('half a sent')
    await page.request.get(f'{app.url}/move?seconds=61')
    await page.get_by_role('button', name='Pay').click()
    async with page.expect_popup() as opened:
        await page.get_by_role('button', name='Log in again').click()
    window = await opened.value
    await window.get_by_test_id(DEMO_USER).click()
    await expect(page.get_by_text('Please log in once more')).not_to_be_visible()
    await expect(page.get_by_text('Paid')).not_to_be_visible()
    await page.get_by_role('button', name='Pay').click()
    await expect(page.get_by_text('Paid')).to_be_visible()
    await expect(page.get_by_label('Note')).to_have_value('half a sent')
