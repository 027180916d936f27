"""Noticing that time has jumped: the machine slept, or somebody set its clock."""

from __future__ import annotations

from ..clock import Clock
from .signal import Signal

INTERVAL = 2.0  # seconds between two looks
JUMP = 1.0  # seconds by which the wall clock may run ahead of, or behind, the monotonic one between two looks


class ClockJumpDetector:
    """Watches for the whole process; `jumped` is emitted within `INTERVAL` of waking.

    Timers sleep by the monotonic clock, which stands still while the machine sleeps; tokens expire by the wall clock.
    """

    def __init__(self, clock: Clock) -> None:
        self.jumped = Signal()
        self._clock = clock

    async def watch(self) -> None:
        """Look again and again, for as long as the process lives."""
        offset = self._offset()
        while True:
            await self._clock.sleep(INTERVAL)
            if abs(self._offset() - offset) > JUMP:
                self.jumped.emit()
            offset = self._offset()

    def _offset(self) -> float:
        return self._clock.now() - self._clock.monotonic()
