"""The timer of one client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from nicegui import background_tasks

from ..clock import Clock


class RenewalTimer:
    """Calls `action` once when the wall clock reaches the moment that was set; never waits for two."""

    def __init__(self, clock: Clock, action: Callable[[], Awaitable[None]]) -> None:
        self._clock = clock
        self._action = action
        self._task: asyncio.Task[None] | None = None
        self.moment: float | None = None

    def set(self, moment: float | None) -> None:
        """Move the timer to another moment (seconds since the epoch); None cancels it, the same one changes nothing."""
        if moment != self.moment:
            self._restart(moment)

    def recheck(self) -> None:
        """Look at the wall clock again: it has jumped, and the sleep until the moment was measured by another clock."""
        self._restart(self.moment)

    def cancel(self) -> None:
        """Stop waiting. An action that has begun goes on."""
        self._restart(None)

    def _restart(self, moment: float | None) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.moment = moment
        if moment is not None:
            self._task = background_tasks.create(self._wait(moment), name='renewal timer')

    async def _wait(self, moment: float) -> None:
        while (remaining := moment - self._clock.now()) > 0:
            await self._clock.sleep(remaining)
        self.moment = self._task = None
        await self._action()
