"""A real Chromium, the app in a process of its own, and a provider that can be watched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.browser import chromium
from tests.browser.recording_api import RecordingApi
from tests.browser.server import MAIN, AppServer, free_port, served
from tests.provider import CLIENT_ID, RecordingProvider

ARGUMENTS = [
    '--no-sandbox',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
]
CLIENT_SECRET = 'secret of the client'
StartApp = Callable[..., Awaitable[AppServer]]

expect.set_options(timeout=15_000)


@pytest.fixture(scope='session')
async def browser() -> AsyncIterator[Browser]:
    path = chromium.find()
    assert path, chromium.ADVICE
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """One person's browser: all its tabs share cookies."""
    context = await browser.new_context()
    context.set_default_timeout(15_000)
    yield context
    await context.close()


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


@pytest.fixture
async def start_app(tmp_path: Path) -> AsyncIterator[StartApp]:
    """Starts the app, or another script, with the settings given."""
    servers: list[AppServer] = []

    async def start(port: int | None = None, script: Path = MAIN, **settings: str) -> AppServer:
        server = AppServer(tmp_path / f'data-{len(servers)}', port, script, **settings)
        servers.append(server)
        await server.start()
        return server

    yield start
    for server in servers:
        await server.stop()


@pytest.fixture
async def demo(start_app: StartApp) -> AppServer:
    """The app as a newcomer starts it, with tokens of 8 seconds."""
    return await start_app(DEMO_TOKEN_LIFETIME='8')


@pytest.fixture
def issuer_host() -> str:
    """Where the provider is; 127.0.0.1 is another site than the app's localhost."""
    return 'localhost'


@pytest.fixture
async def provider(issuer_host: str) -> AsyncIterator[RecordingProvider]:
    """A provider that the browser and the app reach over the network."""
    port, app_port = free_port(), free_port()
    provider = RecordingProvider(
        app_url=f'http://localhost:{app_port}',
        issuer=f'http://{issuer_host}:{port}',
        token_lifetime=8,
        client_secret=CLIENT_SECRET,
    )
    async with served(provider, port):
        yield provider
    provider.demo.close()


@pytest.fixture
def api_port() -> int:
    return free_port()


@pytest.fixture
async def api(api_port: int) -> AsyncIterator[RecordingApi]:
    """An API that can be watched, at http://127.0.0.1:`api_port`."""
    api = RecordingApi()
    async with served(api, api_port):
        yield api


@pytest.fixture
def start_against(provider: RecordingProvider, start_app: StartApp) -> StartApp:
    """Starts the app against the provider that can be watched, with more settings."""

    async def start(**settings: str) -> AppServer:
        registration = {'OIDC_ISSUER': provider.issuer, 'OIDC_CLIENT_ID': CLIENT_ID}
        registration['OIDC_CLIENT_SECRET'] = CLIENT_SECRET
        return await start_app(port=urlsplit(provider.app_url).port, **registration, **settings)

    return start


@pytest.fixture
async def app(start_against: StartApp) -> AppServer:
    """The app, against the provider that can be watched."""
    return await start_against(OIDC_SCOPE='openid profile email offline_access')
