"""Python processes that have what every app imports already: half of the processor time that a start takes.

Run as a script it is their common parent, which imports that once and is forked for each app. What is NiceGUI's own,
and ours, each app imports itself, as it would alone.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import runpy
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

LIBRARIES = (
    'aiofiles', 'authlib.oauth2', 'cryptography.fernet', 'docutils', 'fastapi', 'httpx', 'itsdangerous', 'jinja2',
    'joserfc.jwk', 'jwt', 'markdown2', 'multiprocessing', 'orjson', 'pydantic_settings', 'socketio',
    'starlette.middleware.gzip', 'starlette.middleware.sessions', 'uvicorn.server', 'watchfiles', 'wsproto',
)  # fmt: skip
PR_SET_PDEATHSIG = 1


class Started:
    """A process of these, in a session of its own, as `asyncio` has them."""

    def __init__(self, pid: int, ended: asyncio.Future[int]) -> None:
        self.pid = pid
        self._ended = ended

    @property
    def returncode(self) -> int | None:
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)


class Parent:
    """Their common parent, which ends with this process."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._pids: asyncio.Queue[int] = asyncio.Queue()
        self._ended: dict[int, asyncio.Future[int]] = {}
        self._asking = asyncio.Lock()

    async def start(
        self, leash: Sequence[str], script: Path, arguments: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> Started:
        """Run the script with these arguments in its own folder; what it says is added to the log."""
        async with self._asking:
            if self._process is None:
                self._process = await asyncio.create_subprocess_exec(
                    *leash, sys.executable, __file__, stdin=PIPE, stdout=PIPE
                )
                self._listening = asyncio.create_task(self._listen(self._process))
            assert self._process.stdin
            asked = [str(script), list(arguments), dict(environment), str(log)]
            self._process.stdin.write(json.dumps(asked).encode() + b'\n')
            pid = await self._pids.get()
        return Started(pid, self._ended[pid])

    async def _listen(self, process: Process) -> None:
        assert process.stdout
        while line := await process.stdout.readline():
            pid, status = json.loads(line)
            ended = self._ended.setdefault(
                pid, asyncio.get_running_loop().create_future()
            )  # it may end before all else
            if status is None:
                self._pids.put_nowait(pid)
            else:
                ended.set_result(status)


PARENT = Parent()


def main() -> None:
    """Fork for each line; say the process's ID, and how it ended."""
    sys.path[0] = ''  # where this file is there are no libraries
    for name in LIBRARIES:
        import_module(name)
    signal.signal(signal.SIGCHLD, _reap)
    for line in sys.stdin:
        script, arguments, environment, log = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(script, arguments, environment, log)
            return
        _say(pid, None)


def _become(script: str, arguments: list[str], environment: dict[str, str], log: str) -> None:
    """In the new process: be what `python script ...` would be."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    os.chdir(Path(script).parent)
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, target)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [script, *arguments]
    sys.path[0:1] = [str(Path(script).parent), *environment.get('PYTHONPATH', '').split(os.pathsep)]
    runpy.run_path(script, run_name='__main__')


def _reap(*_: Any) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _say(pid, os.waitstatus_to_exitcode(status))


def _say(pid: int, status: int | None) -> None:
    os.write(1, json.dumps([pid, status]).encode() + b'\n')


if __name__ == '__main__':
    main()
