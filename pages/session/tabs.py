"""The tabs that share the session."""

from __future__ import annotations

from dataclasses import dataclass

from nicegui import ui

from pages import inside
from pages.live import draw_live
from pages.section import section
from pages.times import LocalTime


@dataclass(frozen=True, slots=True)
class OpenTab:
    """What is shown of one tab; `opened_at` in seconds since the epoch."""

    opened_at: float
    path: str
    is_connected: bool
    is_this: bool


def tabs() -> None:
    """Show a line for each; open another one to see it come."""
    with (
        section('Tabs', 'All tabs of this browser share one session: one of them renews, all of them go on.'),
        ui.element('ul').classes('log').props('data-testid=tabs'),
    ):
        draw_live(_open_tabs, _draw, inside.on_tabs_change)


def _open_tabs() -> tuple[OpenTab, ...] | None:
    found = inside.open_tabs()
    return (
        None
        if found is None
        else tuple(OpenTab(tab.opened_at, tab.path, tab.is_connected, is_this) for tab, is_this in found)
    )


def _draw(found: tuple[OpenTab, ...]) -> None:
    for tab in found:
        with ui.element('li'):
            LocalTime(tab.opened_at).classes('caption')
            icon, color, state = (
                ('tab', 'positive', '') if tab.is_connected else ('cloud_off', 'warning', ', closed or offline')
            )
            ui.icon(icon, color=color, size='1.25rem').props('aria-hidden=true')
            this = ' (this tab)' if tab.is_this else ''
            ui.label(f'{tab.path[:80]}{this}{state}').classes('anywhere')
