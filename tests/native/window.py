"""The app in a window of its own, as a person has it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from playwright.async_api import BrowserType, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from app.native.window import SIZE_FILE, WindowSize, remembered
from tests.browser.server import MAIN, AppServer, free_port
from tests.native.devtools import devtools
from tests.native.display import Display

TITLE = 'Stay Signed In'
TIMES, PATIENCE = 5, 4.0  # seconds


class Window:
    """`python main.py --native` on a display; `app` is the process, `page` what the window shows."""

    def __init__(self, app: AppServer, page: Page, display: Display, data_dir: Path) -> None:
        self.app = app
        self.page = page
        self._data_dir = data_dir
        self._display = display
        self._gone = asyncio.Event()
        browser = page.context.browser
        assert browser
        browser.on('disconnected', lambda _: self._gone.set())

    async def has_size(self, width: int, height: int) -> None:
        """Wait until it has, which a window manager sees to in its own time."""
        async with asyncio.timeout(15):
            while await self._display.size_of(TITLE) != (width, height):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)  # not for time to pass, but for it to be resized

    async def is_remembered_with(self, width: int, height: int) -> None:
        """Wait until the app has taken down this size for the next start."""
        async with asyncio.timeout(15):
            while remembered(self._data_dir / SIZE_FILE) != WindowSize(width, height):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)  # not for time to pass, but for it to be written

    async def resize(self, width: int, height: int) -> None:
        """As a person does it: again, if nothing comes of it, since a busy window manager may miss it."""
        for _ in range(TIMES):
            await self._display.resize(TITLE, width, height)
            with suppress(PlaywrightTimeout):
                await self.page.wait_for_function(f'innerWidth === {width}', polling=100, timeout=PATIENCE * 1000)
                return
        pytest.fail('the window does not change its size')

    async def close(self) -> None:
        """In the same way, until it is gone."""
        for _ in range(TIMES):
            await self._display.close(TITLE)
            with suppress(TimeoutError):
                await self.gone(PATIENCE)
                return
        pytest.fail('the window does not close')

    async def gone(self, within: float = 15) -> None:
        """Wait until nobody is there any more who shows something; `within` in seconds."""
        await asyncio.wait_for(self._gone.wait(), within)


def environment(display: Display, tools_port: int) -> dict[str, str]:
    """What the app has to be started with, so that its window is on this display, with developer tools at this port."""
    return {
        'DISPLAY': display.name,
        'QTWEBENGINE_CHROMIUM_FLAGS': '--no-sandbox --disable-gpu',
        'QTWEBENGINE_REMOTE_DEBUGGING': str(tools_port),
    }


@asynccontextmanager
async def opened(
    data_dir: Path, port: int, display: Display, chromium: BrowserType, **settings: str
) -> AsyncIterator[Window]:
    """The window, from when it shows the app until the app is told to end."""
    tools_port = free_port()
    app = AppServer(data_dir, port, MAIN, ['--native'], **environment(display, tools_port), **settings)
    await app.start()
    try:
        async with devtools(tools_port) as address:
            browser = await chromium.connect_over_cdp(address)
            page = browser.contexts[0].pages[0]
            page.set_default_timeout(15_000)
            yield Window(app, page, display, data_dir)
            await browser.close()
    finally:
        await app.stop()
