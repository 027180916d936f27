"""No page keeps anybody out: axe-core finds nothing of levels A and AA, light and dark."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import StartApp
from tests.browser.server import AppServer
from tests.browser.tab import sign_in
from tests.provider import RecordingProvider

WIDE, NARROW = 1280, 360  # pixels
SCHEMES: tuple[Any, ...] = ('light', 'dark')
FOR_VISITORS = ('/', '/error?code=login_required', '/error?code=client_refused', '/nowhere', '/logout', '/callback')
BEHIND_THE_SCENES = ('/silent', '/signed-in')
FOR_PEOPLE = ('/', '/profile', '/session', '/api', '/admin', '/logout')


async def nothing_found(page: Page, within: str = 'html') -> None:
    """Light and dark, within this selector; and nothing is wider than the screen, a phone's too."""
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme, reduced_motion='reduce')
        assert await violations(page, within) == [], f'{page.url}, {scheme}'
    for width in (NARROW, WIDE):
        await page.set_viewport_size({'width': width, 'height': 800})
        await page.wait_for_function(  # the chart follows when it hears of its new size
            'width => document.documentElement.scrollWidth <= width', arg=width, timeout=5_000
        )


async def test_a_visitor_is_kept_out_of_nothing(lasting: AppServer, page: Page) -> None:
    for path in FOR_VISITORS:
        await page.goto(f'{lasting.url}{path}')
        await expect(page.get_by_role('heading', level=1)).to_be_visible()
        await expect(page.get_by_test_id('checking')).to_be_hidden()
        await nothing_found(page)
    for path in BEHIND_THE_SCENES:
        await page.goto(f'{lasting.url}{path}')
        await nothing_found(page)


async def test_a_person_who_is_signed_in_is_kept_out_of_nothing(lasting: AppServer, page: Page) -> None:
    await page.goto(lasting.url)
    await page.get_by_test_id('login').click()
    await expect(page.get_by_test_id('demo-user-alice')).to_be_visible()
    await nothing_found(page)
    await sign_in(page, lasting.url)
    for path in FOR_PEOPLE:
        await page.goto(f'{lasting.url}{path}')
        await expect(page.get_by_role('heading', level=1)).to_be_visible()
        await nothing_found(page)


async def test_who_may_not_see_a_page_can_read_why(lasting: AppServer, page: Page) -> None:
    await sign_in(page, lasting.url, 'bob')
    await page.goto(f'{lasting.url}/admin')
    await expect(page.get_by_role('heading', level=1)).to_have_text('You may not see this page')
    await nothing_found(page)


async def test_what_an_api_answers_is_told_to_everybody(lasting: AppServer, page: Page) -> None:
    await sign_in(page, lasting.url, 'bob')
    await page.get_by_role('link', name='API').click()
    for name, status in (('call-private', '200 OK'), ('post-message', '403 Forbidden')):
        await page.get_by_test_id(name).click()
        await expect(page.get_by_test_id('api-status')).to_have_text(status)
        await nothing_found(page)


async def test_a_fault_that_lasts_is_told_to_everybody(start_app: StartApp, page: Page) -> None:
    app = await start_app()
    await sign_in(page, app.url)
    await page.get_by_role('link', name='Session').click()
    await page.get_by_test_id('what-if-rate-limiting').check()
    await expect(page.get_by_test_id('session-state')).to_have_text('retrying')
    await nothing_found(page)


async def test_trouble_is_told_to_everybody(provider: RecordingProvider, start_against: StartApp, page: Page) -> None:
    app = await start_against()
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    await page.get_by_role('link', name='Session').click()
    provider.answer('/token', {'error': 'server_error'}, 503)
    await page.get_by_test_id('renew').click()
    await expect(page.get_by_test_id('session-state')).to_have_text('retrying')
    await nothing_found(page)
    provider.answer('/token', {'error': 'invalid_client', 'error_description': 'Who <b>are</b> you?'}, 401)
    await page.get_by_test_id('renew').click()
    await nothing_found(page)
    await page.context.set_offline(True)
    await expect(page.get_by_test_id('connection')).to_contain_text('You are offline')
    await nothing_found(page)
