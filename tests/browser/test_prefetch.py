"""What a browser asks for before anybody clicks: it is thrown away, and the click works."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.server import AppServer
from tests.browser.tab import signed_in_as

LINK = """(url) => {
    const link = document.createElement('link');
    document.head.append(Object.assign(link, {rel: 'prefetch', href: url}));
}"""
RULES = """(url) => {
    const script = document.createElement('script');
    script.type = 'speculationrules';
    script.textContent = JSON.stringify({prefetch: [{source: 'list', urls: [url], eagerness: 'immediate'}]});
    document.head.append(script);
}"""


@pytest.mark.parametrize('path', ['/login', '/login?return_to=%2Fprofile', '/logout'])
async def test_a_link_that_is_prefetched_takes_no_step(lasting: AppServer, page: Page, path: str) -> None:
    await page.goto(lasting.url)
    async with page.expect_response(lasting.url + path) as response:
        await page.evaluate(LINK, lasting.url + path)
    assert (await response.value).status == 503
    await click_through(page)


async def test_a_speculation_rule_fails_and_the_click_works(lasting: AppServer, page: Page) -> None:
    await page.goto(lasting.url)
    session, statuses = await page.context.new_cdp_session(page), asyncio.Queue[Any]()
    session.on('Preload.prefetchStatusUpdated', statuses.put_nowait)
    await session.send('Preload.enable')
    await page.evaluate(RULES, f'{lasting.url}/login')
    while (status := await statuses.get())['status'] in {'Pending', 'Running'}:
        pass
    assert (status['status'], status['prefetchStatus']) == ('Failure', 'PrefetchFailedNon2XX')
    await click_through(page)


async def click_through(page: Page) -> None:
    """Sign in from the very page that has asked in advance."""
    await page.get_by_test_id('login').click()
    await page.get_by_test_id('demo-user-alice').click()
    await signed_in_as(page, 'Alice Adams')
