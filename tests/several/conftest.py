"""The whole app in this process, with two providers that both know an Alice by the same subject."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from nicegui.testing import User, user_simulation

from app.app_context import AppContext
from app.oidc.http import http_client
from tests.clock import FakeClock
from tests.main_file import fresh_main
from tests.provider import APP_URL, CLIENT_ID, WITH_TIME, RecordingProvider
from tests.several.network import HOME, WORK, Network
from tests.several.person import Traveller

ISSUERS = {HOME: 'http://localhost:9000', WORK: 'http://localhost:9001'}


@pytest.fixture
def providers(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, RecordingProvider]]:
    """Both, by the name that the app has for them."""
    for module in WITH_TIME:
        monkeypatch.setattr(f'app.demo.{module}.time', SimpleNamespace(time=clock.now))
    providers = {name: RecordingProvider(issuer=issuer, name=name) for name, issuer in ISSUERS.items()}
    yield providers
    for provider in providers.values():
        provider.demo.close()


@pytest.fixture
def home(providers: dict[str, RecordingProvider]) -> RecordingProvider:
    return providers[HOME]


@pytest.fixture
def work(providers: dict[str, RecordingProvider]) -> RecordingProvider:
    return providers[WORK]


@pytest.fixture
def network(providers: dict[str, RecordingProvider]) -> Network:
    return Network(providers)


class Running:
    """The app, started with the providers of these names, as often as a test likes: what it keeps stays."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch

    def __call__(self, *names: str) -> AbstractAsyncContextManager[User]:
        self._patch.setenv('OIDC_PROVIDERS', ','.join(names))
        return user_simulation(main_file=fresh_main(self._patch))


@pytest.fixture
def running(network: Network, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Running:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'argv', ['main.py'])
    for name, issuer in ISSUERS.items():
        monkeypatch.setenv(f'OIDC_{name.upper()}_ISSUER', issuer)
        monkeypatch.setenv(f'OIDC_{name.upper()}_CLIENT_ID', CLIENT_ID)
        monkeypatch.setenv(f'OIDC_{name.upper()}_SCOPE', 'openid profile email offline_access')
    monkeypatch.setenv('OIDC_WORK_LABEL', 'Example Works')
    monkeypatch.setenv('BASE_URL', APP_URL)
    monkeypatch.setattr('app.auth.provider_http', lambda _: http_client(httpx.ASGITransport(network)))
    monkeypatch.setattr('app.auth.Clock', lambda: clock)
    return Running(monkeypatch)


@pytest.fixture
async def both(running: Running) -> AsyncIterator[User]:
    """The app runs with both providers."""
    async with running(HOME, WORK) as user:
        yield user


@pytest.fixture
def person(both: User, providers: dict[str, RecordingProvider]) -> Traveller:
    return Traveller(providers)


@pytest.fixture
def context(both: User) -> AppContext:
    return present_context()


def present_context() -> AppContext:
    """The parts of the app that runs now."""
    auth = sys.modules['pages.auth'].auth
    assert isinstance(auth.context, AppContext)
    return auth.context
