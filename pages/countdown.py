"""A live countdown."""

from __future__ import annotations

from nicegui import ui


class Countdown(ui.element, component='countdown.js'):
    """Shows how long it is until a moment, ticking in the browser."""

    def set(self, epoch: float, now: float) -> None:
        """Count down to `epoch` from `now`, both in seconds since the epoch."""
        self.props['epoch'] = epoch
        self.props['remaining'] = max(0.0, epoch - now)
        self.update()
