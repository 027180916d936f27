"""A number that matters, with what it counts."""

from __future__ import annotations

from nicegui import ui


def stat(caption: str) -> ui.column:
    """A place with a caption: put the number in, with the class `number`."""
    with ui.column().classes('stat') as place:
        ui.label(caption).classes('caption')
    return place
