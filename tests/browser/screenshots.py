"""The pictures in the README: `python -m tests.browser.screenshots [FOLDER]`.

Each page of the app, light and dark, at the width of a desktop and of a phone.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright

from tests.browser import chromium
from tests.browser.conftest import ARGUMENTS
from tests.browser.server import ROOT, AppServer
from tests.browser.tab import renewed, sign_in

WIDTHS = {'desktop': 1280, 'phone': 360}
PHONE_HEIGHT = 740
SCHEMES: tuple[Literal['light', 'dark'], ...] = ('light', 'dark')
PAGES = {'home': ('/', 640), 'session': ('/session', 1560), 'api': ('/api', 900), 'doctor': ('/doctor', 800)}  # desktop
LIFETIME = 16  # seconds; the timeline shows some tokens


async def shoot(folder: Path) -> None:
    """Start the app, use it as Alice, and take all pictures."""
    with tempfile.TemporaryDirectory() as data:
        server = AppServer(Path(data), DEMO_TOKEN_LIFETIME=str(LIFETIME))
        await server.start()
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=chromium.find(), args=ARGUMENTS)
                for scheme in SCHEMES:
                    await _shoot_all(browser, server.url, scheme, folder)
        finally:
            await server.stop()


async def _shoot_all(browser: Browser, url: str, scheme: Literal['light', 'dark'], folder: Path) -> None:
    context = await browser.new_context(color_scheme=scheme, reduced_motion='reduce')
    page = await context.new_page()
    await sign_in(page, url)
    await page.goto(f'{url}/session')
    await _live_through_trouble(page)
    for name, (path, height) in PAGES.items():
        for size, width in WIDTHS.items():
            await page.set_viewport_size({'width': width, 'height': height if size == 'desktop' else PHONE_HEIGHT})
            await page.goto(f'{url}{path}')
            await page.wait_for_load_state('networkidle')
            if name == 'api':
                await page.get_by_test_id('call-private').click()
                await page.get_by_test_id('api-body').wait_for()
            await page.screenshot(path=folder / f'{name}-{scheme}-{size}.png')
    await context.close()


async def _live_through_trouble(page: Page) -> None:
    """Some renewals, and a provider that is down for a moment."""
    await renewed(page, 2)
    await page.get_by_test_id('what-if-down').click()
    await page.locator('[data-testid=log] li[data-kind=failed]').first.wait_for()
    await page.get_by_test_id('what-if-well').click()
    await renewed(page, 3)
    await renewed(page, 4)


if __name__ == '__main__':
    asyncio.run(shoot(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / 'docs/screenshots'))
