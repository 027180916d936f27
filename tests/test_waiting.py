"""What a test that hangs says."""

from __future__ import annotations

import asyncio

from tests.clock import settle
from tests.waiting import waiting_tasks


async def outer(event: asyncio.Event) -> None:
    await inner(event)


async def inner(event: asyncio.Event) -> None:
    await event.wait()


async def test_a_task_that_waits_is_named_with_the_lines_that_it_waits_at() -> None:
    event = asyncio.Event()
    task = asyncio.create_task(outer(event), name='the one that waits')
    await settle()
    lines = waiting_tasks(asyncio.get_running_loop()).splitlines()
    stack = lines[lines.index('the one that waits') + 1 :]
    assert [line.rpartition(' in ')[2] for line in stack[:3]] == ['outer', 'inner', 'Event.wait']
    assert stack[1].startswith(f'  {__file__}:{inner.__code__.co_firstlineno + 1} ')
    event.set()
    await task
