"""A number that matters, with what it counts."""

from __future__ import annotations

from nicegui import ui


def stat(caption: str) -> ui.column:
    """The place for it: put the number in, with the class `number`."""
    with ui.column().classes('figure') as place:
        ui.label(caption).classes('caption')
    return place
