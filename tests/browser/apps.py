"""Apps and providers that tests share, since a start takes longer than most of what they do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.browser.server import MAIN, AppServer, free_port, reserved_port, served
from tests.provider import RecordingProvider

AT_ONCE = 4  # more is memory for little
PORTS = 24  # more than there are settings with which tests start the app against one provider


Settings = tuple[tuple[str, str], ...]


class SharedApps:
    """One running app for each set of settings, for as long as it is among those that were asked for last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._apps: dict[Settings, AppServer] = {}
        self._started = 0

    async def running(self, port: int | None = None, **settings: str) -> AppServer:
        """The app with these settings, running, and with nothing in its log; `port` is for a new one."""
        key = _key(settings)
        app = self._apps.pop(key, None)
        if app is None:
            while len(self._apps) >= AT_ONCE:
                await self._apps.pop(next(iter(self._apps))).stop()
            self._started += 1
            app = AppServer(self._folder / str(self._started), port, MAIN, (), **settings)
        self._apps[key] = app
        if app.is_running:
            app.resume()  # a test that failed may have left it suspended
        else:
            await app.start()
        app.forget_log()
        return app

    async def stop(self) -> None:
        for app in self._apps.values():
            await app.stop()


@dataclass
class SharedProvider:
    """A provider, and where the apps may be that are started against it."""

    provider: RecordingProvider
    free_ports: Iterator[int]
    ports: dict[Settings, int]

    def port_for(self, settings: dict[str, str]) -> int:
        """Where the app with these settings has to be, always the same; `provider.app_url` is for a test's own app."""
        key = _key(settings)
        if key not in self.ports:
            self.ports[key] = next(self.free_ports)
        return self.ports[key]


@asynccontextmanager
async def shared_provider_at(host: str, client_secret: str) -> AsyncIterator[SharedProvider]:
    """A provider that browsers and apps reach over the network, for as long as the context lasts."""
    with ExitStack() as reservations:
        first, *others = (f'http://localhost:{reservations.enter_context(reserved_port())}' for _ in range(PORTS))
        issuer = f'http://{host}:{free_port()}'
        provider = RecordingProvider(first, issuer, client_secret=client_secret, more_app_urls=tuple(others))
        async with served(provider, _port(issuer)):
            yield SharedProvider(provider, map(_port, others), {})
        provider.demo.close()


def _key(settings: dict[str, str]) -> Settings:
    return tuple(sorted(settings.items()))


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port
    return port
