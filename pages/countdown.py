"""The time that is left until a moment."""

from __future__ import annotations

from nicegui import ui


class Countdown(ui.element, component='countdown.js'):
    """Shows how long it is until a moment, ticking in the browser; `otherwise` if there is no moment."""

    def __init__(self, otherwise: str = '–') -> None:
        super().__init__()
        self.props['otherwise'] = otherwise

    def set(self, epoch: float | None, now: float) -> None:
        """Count down to `epoch` from `now`, both in seconds since the epoch."""
        self.props.update({'epoch': epoch, 'remaining': None if epoch is None else max(0.0, epoch - now)})
