"""What all tests share: a clock that stands still, and a provider that follows it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from nicegui import core
from nicegui.testing import user_simulation

from app.oidc.http import http_client
from tests.clock import FakeClock
from tests.provider import CLIENT_ID, RecordingProvider


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def provider(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordingProvider]:
    """A provider in this process whose clock is the test's."""
    for module in ('keys', 'server', 'provider', 'records'):
        monkeypatch.setattr(f'app.demo.{module}.time', SimpleNamespace(time=clock.now))
    provider = RecordingProvider()
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
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'argv', ['main.py'])  # not those of pytest
    monkeypatch.setenv('OIDC_ISSUER', provider.issuer)
    monkeypatch.setenv('OIDC_CLIENT_ID', CLIENT_ID)
    if setting:
        monkeypatch.setenv(setting, '600')
    monkeypatch.setattr('app.auth.http_client', lambda **_: http_client(httpx.ASGITransport(provider)))
    monkeypatch.setattr('app.auth.Clock', lambda: clock)
    async with user_simulation(main_file=Path(__file__).parent.parent / 'main.py'):
        yield
