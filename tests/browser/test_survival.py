"""What a session survives: a reload, a restart of the server, and `kill -9` in the middle of a renewal."""

from __future__ import annotations

import asyncio

from playwright.async_api import Page

from tests.browser.server import AppServer
from tests.browser.tab import renewals, renewed, sign_in, signed_in_as
from tests.provider import RecordingProvider


async def test_a_reload_keeps_the_session_and_it_renews(demo: AppServer, page: Page) -> None:
    await sign_in(page, demo.url)
    await renewed(page, 1)
    await page.reload()
    await signed_in_as(page, 'Alice Adams')
    count = await renewals(page)
    assert count >= 1
    await renewed(page, count + 1)


async def test_a_restart_keeps_the_session_and_it_renews(demo: AppServer, page: Page) -> None:
    await sign_in(page, demo.url)
    await demo.stop()
    await demo.start()
    page = await page.context.new_page()  # the old one may be loading itself anew
    await page.goto(demo.url)
    await signed_in_as(page, 'Alice Adams')
    await renewed(page, await renewals(page) + 1)


async def test_kill_9_in_the_middle_of_a_renewal_keeps_the_session_and_it_renews(
    app: AppServer, provider: RecordingProvider, page: Page
) -> None:
    await sign_in(page, app.url)
    release = provider.hang('/token')
    provider.requests.clear()
    await page.get_by_test_id('renew').click()
    async with asyncio.timeout(15):
        while '/token' not in provider.requests:  # noqa: ASYNC110 - a list has no event
            await asyncio.sleep(0.01)
    await app.kill()
    release.set()
    await app.start()
    page = await page.context.new_page()  # the old one may be loading itself anew
    await page.goto(app.url)
    await signed_in_as(page, 'Alice Adams')
    await renewed(page, await renewals(page) + 1)


async def test_a_session_that_expired_while_nobody_looked_is_renewed_when_the_page_opens(
    app: AppServer, provider: RecordingProvider, page: Page
) -> None:
    provider.token_lifetime = 1
    await sign_in(page, app.url)
    await page.goto('about:blank')
    provider.token_lifetime = 600
    await page.wait_for_timeout(1500)  # longer than the token lives
    await page.goto(app.url)
    await signed_in_as(page, 'Alice Adams')
    await renewed(page, 1)


async def test_every_renewal_makes_exactly_two_requests(
    app: AppServer, provider: RecordingProvider, page: Page
) -> None:
    await sign_in(page, app.url)
    provider.requests.clear()
    await renewed(page, 2)
    count = await renewals(page)
    assert provider.requests[: 2 * count] == ['/authorize', '/token'] * count
