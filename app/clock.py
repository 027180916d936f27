"""Time, as the app sees it, so that a test can bring its own."""

import asyncio
import time


class Clock:
    """The wall clock in seconds since the epoch, the monotonic one that nobody sets, and sleep (by the latter)."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
