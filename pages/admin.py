"""The admin page: how this app is doing, for those who were granted `write:messages`."""

from __future__ import annotations

from collections import Counter

from nicegui import ui

from app.app_context import AppContext
from app.renewal.user_agents import distinct_tabs
from app.ui.page_context import PageContext
from pages.live import draw_live
from pages.section import section, stat
from pages.session_state import ICONS

Counts = tuple[tuple[str, int], ...]


def admin(context: PageContext) -> None:
    """Numbers about this process; nobody's name, nobody's tokens."""
    ui.label('Admin').props('role=heading aria-level=1').classes('title')
    ui.label('You see this page since you were granted the scope write:messages.').classes('lead')
    with section('Right now'):
        with ui.element('div').classes('w-full').props('data-testid=figures') as place:
            draw_live(lambda: _counts(context.app), _draw, context.on_change, context.on_tabs_change)

        def look_again() -> None:
            place.clear()
            with place:
                _draw(_counts(context.app))

        ui.button('Look again', on_click=look_again, color=None).props('flat no-caps icon=refresh')


def _counts(app: AppContext) -> Counts:
    sessions = list(app.registry)
    states = Counter(live_session.phase for live_session in sessions)
    return (
        ('Sessions with an open tab', len(sessions)),
        ('Open tabs', sum(len(distinct_tabs(live_session.tabs)) for live_session in sessions)),
        *((state, states[state]) for state in ICONS if states[state]),
    )


def _draw(counts: Counts) -> None:
    with ui.row().classes('stats'):
        for caption, number in counts:
            with stat(caption):
                ui.label(str(number)).classes('number')
