"""Where the tasks of an event loop wait, which no stack of a thread shows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any


def waiting_tasks(loop: asyncio.AbstractEventLoop) -> str:
    """Each task that is not done, with the lines that it waits at, the outermost first."""
    return '\n'.join(line for task in asyncio.all_tasks(loop) for line in [task.get_name(), *_stack(task.get_coro())])


def _stack(awaited: Any) -> Iterator[str]:
    while (frame := getattr(awaited, 'cr_frame', None)) is not None:
        yield f'  {frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_qualname}'
        awaited = awaited.cr_await
