"""Somebody's app in a browser, and what a person does there."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, WebSocket, expect

from tests.browser.apps import SharedProvider
from tests.browser.conftest import StartApp, registration
from tests.browser.server import AppServer

HOST_APP = Path(__file__).parent / 'host_app.py'


@pytest.fixture
def start_host(start_app: StartApp, shared_provider: SharedProvider) -> StartApp:
    """Starts somebody's app, against the provider that can be watched."""

    async def start(**settings: str) -> AppServer:
        given = {name if name.startswith('HOST_') else f'STAY_SIGNED_IN_{name}': settings[name] for name in settings}
        registered = {**registration(shared_provider), 'OIDC_SCOPE': 'openid profile email offline_access', **given}
        shared_provider.provider.token_lifetime = 600
        return await start_app(shared_provider.port_for({'HOST_APP': 'host', **settings}), HOST_APP, **registered)

    return start


async def open_as(page: Page, app: AppServer, person: str = 'alice') -> None:
    await page.goto(app.url)
    await page.get_by_role('link', name='Log in').click()
    await page.get_by_test_id(f'demo-user-{person}').click()
    await expect(page.get_by_test_id('ticks')).to_contain_text(f'The balance of {person.capitalize()}')


async def type_something(page: Page) -> None:
    await page.get_by_label('Note').fill('half a sent')
    await page.get_by_role('button', name='Notify').click()
    await page.get_by_role('button', name='Open').click()
    await page.get_by_label('In the dialog').fill('half a word')


async def log_out_in_another_tab(context: BrowserContext, app: AppServer) -> Page:
    """The other tab, which shows visitors something that ticks as fast."""
    other = await context.new_page()
    await other.goto(app.url)
    await other.get_by_role('button', name='Log out').click()
    await expect(other.get_by_role('link', name='Log in')).to_be_visible()
    return other


async def ticked_on(page: Page, times: int) -> None:
    """Wait until what ticks on the page, every 0.1 s, has done so as often as that."""
    shown = 'Number(document.querySelector("[data-testid=ticks]").textContent.split(" ").pop())'
    before = await page.evaluate(shown)
    await page.wait_for_function(f'{shown} >= {before + times}')


def heard_by(page: Page) -> list[str]:
    """What the page is told over its websocket, from the next load on."""
    heard: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on('framereceived', lambda frame: heard.append(str(frame)))

    page.on('websocket', listen)
    return heard
