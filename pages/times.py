"""Times as the browser shows them: a moment on the clock of whoever looks, and how long it is until another."""

from __future__ import annotations

from nicegui import ui


class LocalTime(ui.element, component='local_time.js'):
    """Shows a moment (seconds since the epoch) in the browser's own time zone; `with_date` also the day."""

    def __init__(self, epoch: float, *, with_date: bool = False) -> None:
        super().__init__()
        self.props['epoch'] = epoch
        self.props['with-date'] = with_date


class Countdown(ui.element, component='countdown.js'):
    """Shows how long it is until a moment, ticking in the browser; `otherwise` if there is no moment."""

    def __init__(self, otherwise: str = '–') -> None:
        super().__init__()
        self.props['otherwise'] = otherwise

    def set(self, epoch: float | None, now: float) -> None:
        """Count down to `epoch` from `now`, both in seconds since the epoch."""
        self.props.update({'epoch': epoch, 'remaining': None if epoch is None else max(0.0, epoch - now)})
