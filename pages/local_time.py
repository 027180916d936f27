"""A moment, as the clock on the wall of the person who looks shows it."""

from __future__ import annotations

from nicegui import ui


class LocalTime(ui.element, component='local_time.js'):
    """Shows a moment (seconds since the epoch) in the browser's own time zone; `with_date` also the day."""

    def __init__(self, epoch: float, *, with_date: bool = False) -> None:
        super().__init__()
        self.props['epoch'] = epoch
        self.props['with-date'] = with_date
