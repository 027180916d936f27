"""What somebody typed is there again, as the page says, whatever happens to the page or the app."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import StartApp
from tests.browser.server import AppServer
from tests.browser.tab import log_out, sign_in, signed_in_as


def note(page: Page) -> Locator:
    return page.get_by_label('Your note')


async def test_a_note_is_there_after_the_app_was_restarted(start_app: StartApp, page: Page) -> None:
    app = await start_app()
    await sign_in(page, app.url)
    await note(page).fill('half a sentence')
    async with page.expect_navigation(timeout=40_000):  # NiceGUI loads the page anew
        await app.kill()
        await app.start()
    await signed_in_as(page, 'Alice Adams')
    await expect(note(page)).to_have_value('half a sentence')


async def test_a_note_is_there_after_a_reload_and_on_another_page_and_back(lasting: AppServer, page: Page) -> None:
    await sign_in(page, lasting.url)
    await note(page).fill('half a sentence')
    await page.reload()
    await expect(note(page)).to_have_value('half a sentence')
    await page.get_by_role('link', name='Profile').click()
    await expect(page.get_by_role('heading', name='Profile')).to_be_visible()
    await page.get_by_role('link', name='Home', exact=True).click()
    await expect(note(page)).to_have_value('half a sentence')
    await expect(page).to_have_url(re.compile('/$'))  # which comes after what is shown there
    await note(page).fill('')
    await page.reload()
    await signed_in_as(page, 'Alice Adams')
    await expect(note(page)).to_have_value('')


async def test_a_note_is_gone_after_a_logout(lasting: AppServer, page: Page) -> None:
    await sign_in(page, lasting.url)
    await note(page).fill('for nobody else')
    await log_out(page)
    await page.wait_for_function("!JSON.stringify(Object.entries(sessionStorage)).includes('nobody else')")
    await sign_in(page, lasting.url, 'bob')
    await expect(note(page)).to_have_value('')


async def test_while_offline_nothing_says_that_it_is_renewed(lasting: AppServer, page: Page) -> None:
    await sign_in(page, lasting.url)
    promise = page.get_by_text('It is renewed by itself')
    await expect(promise).to_be_visible()
    await page.context.set_offline(True)
    await expect(page.get_by_test_id('connection')).to_contain_text('nothing is renewed')
    await expect(promise).to_be_hidden()
    await page.context.set_offline(False)
    await expect(promise).to_be_visible()
