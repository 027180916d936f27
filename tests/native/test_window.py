"""The app in its own window: one signs in, stays signed in, also over a restart, and logs out."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.tab import renewed, sign_in, signed_in_as, signed_out
from tests.native.conftest import OpenWindow

pytestmark = pytest.mark.window


async def test_who_signs_in_in_the_window_stays_so_when_the_app_is_killed(open_window: OpenWindow) -> None:
    async with open_window(DEMO_TOKEN_LIFETIME='4') as window:
        await sign_in(window.page, window.app.url)
        await renewed(window.page, 1)
        await window.app.kill()
        await window.gone()
    async with open_window(DEMO_TOKEN_LIFETIME='4') as window:
        await signed_in_as(window.page, 'Alice')
        await renewed(window.page, 2)
        await window.page.get_by_test_id('logout').click()
        await signed_out(window.page)
    async with open_window(DEMO_TOKEN_LIFETIME='4') as window:
        await expect(window.page.get_by_test_id('login')).to_be_visible()
        await signed_out(window.page)


async def test_the_window_is_as_large_as_it_was_left_and_ends_with_the_app_as_the_app_with_it(
    open_window: OpenWindow,
) -> None:
    async with open_window() as window:
        await window.has_size(1260, 760)
        await window.resize(480, 640)
        # Where a scroll bar takes room, too, there is nothing to scroll sideways to.
        assert await window.page.evaluate('document.documentElement.scrollHeight > innerHeight')
        assert await window.page.evaluate(
            'document.documentElement.scrollWidth <= document.documentElement.clientWidth'
        )
        await window.resize(900, 700)
        await window.is_remembered_with(900, 700)
        await window.close()
        await window.app.ended()
    async with open_window() as window:
        await window.has_size(900, 700)
        await window.app.stop()
        await window.gone()


async def test_log_in_again_stays_in_the_window(open_window: OpenWindow) -> None:
    """A window of the window would be one of the system's browser, which does not share its cookies."""
    async with open_window(DEMO_TOKEN_LIFETIME='4') as window:
        page = window.page
        await sign_in(page, window.app.url)
        await page.goto(f'{window.app.url}/session')
        await page.get_by_test_id('what-if-signed-out').click()
        await page.get_by_role('button', name='Log in again').click()
        await page.get_by_test_id('demo-user-alice').click()
        await expect(page).to_have_url(f'{window.app.url}/session')
        await signed_in_as(page, 'Alice')
