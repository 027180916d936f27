"""A host's app with a page `/login` of its own, and ours below `/auth`: a whole round in a browser."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Page, Response, expect

from tests.browser.conftest import StartApp

SCRIPT = Path(__file__).parent / 'prefix_app.py'
OF_THE_HOST = ('/', '/login', '/favicon.ico')


async def test_a_round_below_a_prefix(start_app: StartApp, context: BrowserContext, page: Page) -> None:
    url, astray = (await start_app(script=SCRIPT)).url, set[str]()

    def note(response: Response) -> None:
        path = urlsplit(response.url).path
        if response.status >= 500 or not (path in OF_THE_HOST or path.startswith(('/auth/', '/_nicegui'))):
            astray.add(f'{response.status} {response.url}')

    context.on('response', note)
    await page.goto(f'{url}/login#top')
    await expect(page.get_by_text('Welcome to the app of somebody')).to_be_visible()
    await page.get_by_role('link', name='Come in').click()
    await page.get_by_test_id('demo-user-alice').click()
    await expect(page).to_have_url(f'{url}/login#top')

    await page.goto(f'{url}/?tab=1')
    await expect(page.get_by_test_id('name')).to_have_text('Hello Alice Adams')
    for _ in range(2):
        until = await page.get_by_test_id('until').inner_text()
        await expect(page.get_by_test_id('until')).not_to_have_text(until)
    second = await context.new_page()
    await second.goto(f'{url}/')
    await expect(second.get_by_test_id('name')).to_have_text('Hello Alice Adams')

    await page.get_by_role('button', name='Leave').click()
    await expect(page.get_by_test_id('name')).not_to_be_visible()
    await expect(second.get_by_test_id('name')).to_have_count(0)  # in the other tab it is gone, too
    await expect(page.get_by_role('heading', name='You are logged out')).to_be_visible()  # where it leads by itself
    response = await page.goto(f'{url}/')
    assert response
    assert response.status == 401
    assert astray == set()
