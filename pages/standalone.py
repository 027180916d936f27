"""The look of a page that answers one request, outside of the single-page app."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from pages.theme import theme


@contextmanager
def standalone() -> Iterator[None]:
    """What is around a notice: `small_page` takes it as its frame."""
    theme()
    with ui.header().classes('bar items-center'), ui.link(target='/').classes('brand'):
        ui.icon('all_inclusive', size='1.75rem').props('aria-hidden=true')
        ui.label('Stay Signed In')
    with ui.column().classes('page'):
        yield
