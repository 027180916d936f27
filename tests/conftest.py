"""What all tests share: a clock that stands still, a provider that follows it, and what is said if they hang."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from joserfc.jwk import RSAKey
from nicegui import core
from nicegui.testing import user_simulation

from app.oidc.http import http_client
from tests.clock import FakeClock
from tests.main_file import fresh_main
from tests.provider import APP_URL, CLIENT_ID, WITH_TIME, RecordingProvider
from tests.waiting import waiting_tasks

KEYS = 4  # more than any test needs at once


def pytest_collection_finish() -> None:
    """Spare what is there now the garbage collections, which NiceGUI's simulation makes by the hundred."""
    gc.freeze()


LOOP = pytest.StashKey[asyncio.AbstractEventLoop]()


@pytest.fixture(scope='session', autouse=True)
async def loop_of_all_tests(pytestconfig: pytest.Config) -> None:
    pytestconfig.stash[LOOP] = asyncio.get_running_loop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to what is said about a test that hung where its tasks waited."""
    report = yield
    if call.excinfo and 'pytest-timeout' in str(call.excinfo.value) and LOOP in item.config.stash:
        report.sections.append(('Tasks that wait', waiting_tasks(item.config.stash[LOOP])))
    return report


@pytest.fixture(scope='session', autouse=True)
def few_rsa_keys() -> Iterator[None]:
    """Demo providers take their keys from a few that come round again, since making one takes a tenth of a second."""
    generate_key = RSAKey.generate_key
    keys = cycle(generate_key(2048) for _ in range(KEYS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RSAKey, 'generate_key', lambda _: next(keys))
        yield


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def app_url() -> str:
    """Where the app is, its BASE_URL."""
    return APP_URL


@pytest.fixture
def provider(clock: FakeClock, monkeypatch: pytest.MonkeyPatch, app_url: str) -> Iterator[RecordingProvider]:
    """A provider in this process whose clock is the test's."""
    for module in WITH_TIME:
        monkeypatch.setattr(f'app.demo.{module}.time', SimpleNamespace(time=clock.now))
    provider = RecordingProvider(app_url)
    yield provider
    provider.demo.close()


@pytest.fixture
async def nicegui_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """NiceGUI's background tasks run in the test's loop."""
    monkeypatch.setattr(core, 'loop', asyncio.get_running_loop())


@pytest.fixture
def setting() -> str:
    """The name of a limit that the app has, of 600 seconds; none unless a test says so."""
    return ''


@pytest.fixture
async def app(
    provider: RecordingProvider, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, setting: str
) -> AsyncIterator[None]:
    """The whole app in this process, as `main.py` starts it, with the test's provider and clock."""
    gc.freeze()  # what the app before this one has loaded for the first time
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'argv', ['main.py'])  # not those of pytest
    monkeypatch.setenv('OIDC_ISSUER', provider.issuer)
    monkeypatch.setenv('OIDC_CLIENT_ID', CLIENT_ID)
    monkeypatch.setenv('BASE_URL', provider.app_url)
    if setting:
        monkeypatch.setenv(setting, '600')
    monkeypatch.setattr('app.auth.provider_http', lambda _: http_client(httpx.ASGITransport(provider)))
    monkeypatch.setattr('app.auth.Clock', lambda: clock)
    async with user_simulation(main_file=fresh_main(monkeypatch)):
        yield
