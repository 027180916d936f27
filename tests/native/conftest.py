"""A display for all tests of the window, and what opens a window on it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Playwright, async_playwright

from tests.browser.server import free_port
from tests.native.display import Display, virtual_display
from tests.native.window import Window, opened

OpenWindow = Callable[..., AbstractAsyncContextManager[Window]]

if sys.platform != 'linux':
    collect_ignore_glob = ['test_*.py']
    print('tests/native is left out: a display that nobody looks at takes Xvfb, and so Linux', file=sys.stderr)


@pytest.fixture(scope='session')
async def display() -> AsyncIterator[Display]:
    async with virtual_display() as display:
        yield display


@pytest.fixture(scope='session')
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as playwright:
        yield playwright


@pytest.fixture
def open_window(display: Display, playwright: Playwright, tmp_path: Path) -> OpenWindow:
    """Opens the app's window with the settings given; each time it is the same app, which remembers."""
    return partial(opened, tmp_path / 'data', free_port(), display, playwright.chromium)
