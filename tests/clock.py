"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
import itertools

from app.clock import Clock

START = 1_700_000_000.0


class FakeClock(Clock):
    """Sleepers wake, in order, when `advance` passes their moment."""

    def __init__(self, now: float = START) -> None:
        self._now = now
        self._monotonic = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._monotonic + seconds, next(self._order), future))
        await future

    async def advance(self, seconds: float) -> None:
        """Let time pass; whoever wakes on the way acts at their own moment."""
        end = self._monotonic + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            moment, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                self._pass(max(0.0, moment - self._monotonic))
                future.set_result(None)
                await settle()
        self._pass(end - self._monotonic)
        await settle()

    def _pass(self, seconds: float) -> None:
        self._now += seconds
        self._monotonic += seconds

    def set(self, now: float) -> None:
        """Set the wall clock, as an administrator would, or as it is after the machine slept: nobody wakes."""
        self._now = now


async def settle() -> None:
    """Let everything that can go on without time go on."""
    for _ in range(50):
        await asyncio.sleep(0)
