"""What pages are laid out with: sections, and numbers that have a caption."""

from __future__ import annotations

from nicegui import ui


def section(title: str, lead: str = '') -> ui.card:
    """A card with a heading, and a sentence on what it shows; put the rest into it."""
    with ui.card().classes('w-full').props('flat bordered') as place:
        ui.label(title).props('role=heading aria-level=2').classes('subtitle')
        if lead:
            ui.label(lead).classes('hint')
    return place


def stat(caption: str) -> ui.column:
    """A place with a caption: put the number in, with the class `number`."""
    with ui.column().classes('stat') as place:
        ui.label(caption).classes('caption')
    return place
