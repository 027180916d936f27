"""Threads for functions that may block."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from app.hooks import threads
from app.hooks.threads import Threads
from tests.clock import settle

HANGS = """
import asyncio, threading
from app.hooks.threads import Threads

async def main():
    begun = threading.Event()
    def hang():
        begun.set()
        threading.Event().wait()
    calling = asyncio.create_task(Threads().call(hang))
    await asyncio.to_thread(begun.wait)
    calling.cancel()

asyncio.run(main())
print('ended')
"""


async def test_what_a_function_gives_or_raises_comes_back() -> None:
    calls = Threads()
    assert await calls.call(lambda a, b: a + b, 1, 2) == 3
    with pytest.raises(ZeroDivisionError):
        await calls.call(lambda: 1 / 0)


async def test_those_that_hang_are_no_more_than_so_many_and_leave_the_others_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, 'MOST', 2)
    calls, end = Threads(), threading.Event()
    hanging = [asyncio.create_task(calls.call(end.wait)) for _ in range(2)]
    await settle()
    for task in hanging:
        task.cancel()
    waiting = asyncio.create_task(calls.call(lambda: 'a turn'))
    await settle()
    assert not waiting.done()
    assert await asyncio.to_thread(lambda: 'another thread') == 'another thread'
    end.set()
    assert await waiting == 'a turn'


def test_one_that_hangs_does_not_keep_the_process_from_ending() -> None:
    ran = subprocess.run([sys.executable, '-c', HANGS], capture_output=True, text=True, check=True, timeout=30)
    assert ran.stdout == 'ended\n'
