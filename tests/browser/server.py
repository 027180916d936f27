"""Real servers for the browser: the app in a process of its own, the provider in this one."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from tests.browser.preloaded import PARENT, Started

ROOT = Path(__file__).parent.parent.parent
MAIN = ROOT / 'main.py'
START_LIMIT = 60.0  # seconds
SETPRIV = shutil.which('setpriv')  # part of every Debian
LEASH = [SETPRIV, '--pdeathsig', 'KILL', '--'] if SETPRIV else []  # it dies with the test run, also by kill -9


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port that nobody else is given meanwhile; an app that is told to can listen there."""
    with socket.socket() as reservation:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reservation.bind(('127.0.0.1', 0))
        yield reservation.getsockname()[1]


class AppServer:
    """`python main.py`, or another script, with these arguments and settings; `url` is where it is."""

    def __init__(
        self,
        data_dir: Path,
        port: int | None = None,
        script: Path = MAIN,
        arguments: Sequence[str] = (),
        **settings: str,
    ) -> None:
        port = port or free_port()
        self._command = [sys.executable, script.name, *arguments]
        self._folder = script.parent
        self.url = f'http://localhost:{port}'
        self._settings = {'BASE_URL': self.url, 'DATA_DIR': str(data_dir), **settings}
        self._process: asyncio.subprocess.Process | Started | None = None
        self._log = data_dir / 'log.txt'
        self._log_start = 0

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        await self.launch()
        await self.answers()

    async def launch(self) -> None:
        """Start it, in a session of its own, and wait for nothing."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(('PYTEST', 'NICEGUI'))}
        environment = {**inherited, **self._settings}
        if self._is_plain:
            script, arguments = self._folder / self._command[1], self._command[2:]
            self._process = await PARENT.start(LEASH, script, arguments, environment, self._log)
            return
        with self._log.open('ab') as log:
            self._process = await asyncio.create_subprocess_exec(
                *LEASH,
                *self._command,
                cwd=self._folder,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def _is_plain(self) -> bool:
        """Whether it is a script that needs nothing but its own process, on a system that can fork one."""
        is_script = self._command[0] == sys.executable and self._command[1].endswith('.py')
        return is_script and bool(LEASH) and '--native' not in self._command

    @property
    def pid(self) -> int:
        """Its process ID, which is the ID of its session (`setsid`), too."""
        assert self._process
        return self._process.pid

    async def kill(self) -> None:
        """`kill -9`."""
        await self.end(signal.SIGKILL)

    def suspend(self) -> None:
        """SIGSTOP: it stands still as if the machine slept."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    async def stop(self) -> None:
        await self.end(signal.SIGTERM)

    async def ended(self) -> None:
        """Wait until it has ended by itself."""
        assert self._process
        await asyncio.wait_for(self._process.wait(), START_LIMIT)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def log(self) -> str:
        """What it said since it was started, or its log was forgotten."""
        return self._log.read_bytes()[self._log_start :].decode()

    def forget_log(self) -> None:
        self._log_start = self._log.stat().st_size

    def _signal(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)

    async def end(self, number: signal.Signals) -> None:
        """Send it this signal, and wait until it is gone."""
        process, self._process = self._process, None
        if process and process.returncode is None:
            process.send_signal(number)
            await process.wait()

    async def answers(self) -> None:
        """Wait until it answers; fails with its log if it ends instead."""
        async with asyncio.timeout(START_LIMIT), httpx.AsyncClient(trust_env=False) as client:
            while True:
                assert self._process
                assert self._process.returncode is None, self.log()
                try:
                    await client.get(f'{self.url}/health')
                except httpx.TransportError:
                    await asyncio.sleep(0.05)  # not for time to pass, but for the process to listen
                else:
                    return


@asynccontextmanager
async def served(app: Any, port: int) -> AsyncIterator[None]:
    """Serve an ASGI app from this process, on loopback."""
    server = uvicorn.Server(
        uvicorn.Config(app, host='127.0.0.1', port=port, log_level='warning', lifespan='off', ws='none')
    )
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # the test run keeps its own
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield
    server.should_exit = server.force_exit = True  # nobody waits for a request that a test left hanging
    await task
