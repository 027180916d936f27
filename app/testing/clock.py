"""Time that a test can move."""

from __future__ import annotations

import asyncio

from ..clock import Clock


class MovableClock(Clock):
    """Goes as the real one does, and ahead of it whenever a test says so."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._sleepers: set[asyncio.Event] = set()

    def now(self) -> float:
        return super().now() + self._ahead

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead

    async def sleep(self, seconds: float) -> None:
        end = self.monotonic() + seconds
        while (left := end - self.monotonic()) > 0:
            await self._moved_within(left)

    def move(self, seconds: float) -> None:
        """Let time pass at once; whoever has slept long enough by now wakes, and goes on when the test next waits."""
        self._ahead += seconds
        for sleeper in self._sleepers:
            sleeper.set()

    async def _moved_within(self, seconds: float) -> None:
        moved = asyncio.Event()
        self._sleepers.add(moved)
        try:
            async with asyncio.timeout(seconds):
                await moved.wait()
        except TimeoutError:
            pass
        finally:
            self._sleepers.discard(moved)
