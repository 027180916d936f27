"""The app that tests start is the tests' own: it does not outlive them."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.browser.server import LEASH, ROOT

RUN = """
import asyncio, sys
from pathlib import Path
from tests.browser.server import AppServer

async def run():
    server = AppServer(Path(sys.argv[1]))
    await server.start()
    print(server.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(run())
"""


@pytest.mark.skipif(not LEASH, reason='only Linux ends a process with its parent')
async def test_an_app_that_a_killed_test_run_started_ends_with_it(tmp_path: Path) -> None:
    run = await asyncio.create_subprocess_exec(sys.executable, '-c', RUN, str(tmp_path), cwd=ROOT, stdout=PIPE)
    assert run.stdout
    server = int(await run.stdout.readline())
    run.kill()
    await run.wait()
    async with asyncio.timeout(10):
        while _is_running(server):  # noqa: ASYNC110 - a process that is nobody's child any more
            await asyncio.sleep(0.02)  # not for time to pass, but for it to end


def _is_running(pid: int) -> bool:
    stat = Path(f'/proc/{pid}/stat')
    try:
        return stat.read_text().rpartition(')')[2].split()[0] != 'Z'
    except (FileNotFoundError, ProcessLookupError):
        return False
