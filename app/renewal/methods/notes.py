"""What is written down beside what goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from ...errors import SessionEnded, StoreFailed

log = logging.getLogger(__name__)


class Notes:
    """Writings that are under way; the next page that opens looks again, should one fail."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, writing: Coroutine[Any, Any, object]) -> None:
        """Write it down, and wait for nothing."""
        task = asyncio.create_task(written(writing), name='note')
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until the store knows what it has to."""
        while self._tasks:
            await asyncio.wait(self._tasks)


async def written(writing: Coroutine[Any, Any, object]) -> None:
    """Wait for it; that it failed is logged."""
    try:
        await writing
    except (StoreFailed, SessionEnded):
        log.exception('what became of a session could not be written down')
