"""A real Chromium, the app in a process of its own, and a provider that can be watched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.browser import chromium
from tests.browser.apps import SharedApps, SharedProvider, shared_provider_at
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
LIFETIME = 4  # seconds that a token lives, unless a test says otherwise
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


@pytest.fixture(scope='session')
async def shared_apps(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SharedApps]:
    apps = SharedApps(tmp_path_factory.mktemp('apps'))
    yield apps
    await apps.stop()


@pytest.fixture
async def start_app(tmp_path: Path) -> AsyncIterator[StartApp]:
    """Starts an app of the test's own, or another script, with the settings given."""
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
async def demo(shared_apps: SharedApps) -> AppServer:
    """The app as a newcomer starts it, with tokens of 4 seconds."""
    return await shared_apps.running(DEMO_TOKEN_LIFETIME=str(LIFETIME))


@pytest.fixture
async def lasting(shared_apps: SharedApps) -> AppServer:
    """The app as a newcomer starts it, with tokens that outlive the test."""
    return await shared_apps.running(DEMO_TOKEN_LIFETIME='600')


@pytest.fixture(scope='session')
async def same_site_provider() -> AsyncIterator[SharedProvider]:
    async with shared_provider_at('localhost', CLIENT_SECRET) as provider:
        yield provider


@pytest.fixture(scope='session')
async def other_site_provider() -> AsyncIterator[SharedProvider]:
    """At 127.0.0.1, which is another site than the app's localhost."""
    async with shared_provider_at('127.0.0.1', CLIENT_SECRET) as provider:
        yield provider


@pytest.fixture
def issuer_host() -> str:
    """Where the provider is; 127.0.0.1 is another site than the app's localhost."""
    return 'localhost'


@pytest.fixture
def shared_provider(issuer_host: str, request: pytest.FixtureRequest) -> SharedProvider:
    """The provider there, which knows nothing of earlier tests."""
    name = 'same_site_provider' if issuer_host == 'localhost' else 'other_site_provider'
    shared: SharedProvider = request.getfixturevalue(name)
    shared.provider.begin_anew(LIFETIME)
    return shared


@pytest.fixture
def provider(shared_provider: SharedProvider) -> RecordingProvider:
    """A provider that the browser and the app reach over the network."""
    return shared_provider.provider


@pytest.fixture(scope='session')
def api_port() -> int:
    return free_port()


@pytest.fixture(scope='session')
async def shared_api(api_port: int) -> AsyncIterator[RecordingApi]:
    api = RecordingApi()
    async with served(api, api_port):
        yield api


@pytest.fixture
def api(shared_api: RecordingApi) -> RecordingApi:
    """An API that can be watched, at http://127.0.0.1:`api_port`, which knows nothing of earlier tests."""
    shared_api.begin_anew()
    return shared_api


def registration(shared: SharedProvider) -> dict[str, str]:
    """What an app is told that this provider knows."""
    return {
        'OIDC_ISSUER': shared.provider.issuer,
        'OIDC_CLIENT_ID': CLIENT_ID,
        'OIDC_CLIENT_SECRET': CLIENT_SECRET,
    }


@pytest.fixture
def start_against(shared_provider: SharedProvider, shared_apps: SharedApps) -> StartApp:
    """Starts the app against the provider that can be watched, with more settings; or takes one that runs."""

    async def start(**settings: str) -> AppServer:
        registered = {**registration(shared_provider), **settings}
        return await shared_apps.running(shared_provider.port_for(registered), **registered)

    return start


@pytest.fixture
async def app(start_against: StartApp) -> AppServer:
    """The app, against the provider that can be watched."""
    return await start_against(OIDC_SCOPE='openid profile email offline_access')
