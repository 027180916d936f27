"""Time, as the app sees it, so that a test can bring its own."""

import asyncio
import time


class Clock:
    """The wall clock in seconds since the epoch, and sleep."""

    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
