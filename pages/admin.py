"""The admin page: how this app is doing, for those who were granted `write:messages`."""

from __future__ import annotations

from collections import Counter

from nicegui import ui

from app.app_context import AppContext
from app.renewal.user_agents import present
from app.ui.page_context import PageContext
from pages.section import section
from pages.stat import stat
from pages.state_chip import LOOKS


def admin(context: PageContext) -> None:
    """Figures of this process; nobody's name, nobody's tokens."""
    ui.label('Admin').props('role=heading aria-level=1').classes('title')
    ui.label('You see this page since you were granted the scope write:messages.').classes('lead')
    with section('Right now'):
        place = ui.element('div').classes('w-full').props('data-testid=figures')
        ui.button('Snapshot again', on_click=lambda: show(), color=None).props('flat no-caps icon=refresh')

    def show() -> None:
        place.clear()
        with place:
            _figures(context.app)

    context.on_change(show)


def _figures(services: AppContext) -> None:
    registry = list(services.registry)
    states = Counter(live.phase for live in registry)
    figures: dict[str, int] = {
        'Sessions with an open tab': len(registry),
        'Open tabs': sum(len(present(live_session.tabs)) for live_session in registry),
        **{state: states[state] for state in LOOKS if states[state]},
    }
    with ui.row().classes('figures'):
        for caption, number in figures.items():
            with stat(caption):
                ui.label(str(number)).classes('number')
