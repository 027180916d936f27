"""The admin page: how this app is doing, for those who were granted `write:messages`."""

from __future__ import annotations

from collections import Counter

from nicegui import ui

from app.app_context import Services
from app.renewal.user_agents import present
from app.ui.page_context import Visit
from pages.section import card
from pages.stat import figure
from pages.state_chip import LOOKS


def admin(visit: Visit) -> None:
    """Figures of this process; nobody's name, nobody's tokens."""
    ui.label('Admin').props('role=heading aria-level=1').classes('title')
    ui.label('You see this page since you were granted the scope write:messages.').classes('lead')
    with card('Right now'):
        place = ui.element('div').classes('w-full').props('data-testid=figures')
        ui.button('Look again', on_click=lambda: show(), color=None).props('flat no-caps icon=refresh')

    def show() -> None:
        place.clear()
        with place:
            _figures(visit.services)

    visit.follow(show)


def _figures(services: Services) -> None:
    renewers = list(services.renewers)
    states = Counter(renewer.state for renewer in renewers)
    figures: dict[str, int] = {
        'Sessions with an open tab': len(renewers),
        'Open tabs': sum(len(present(renewer.tabs)) for renewer in renewers),
        **{state: states[state] for state in LOOKS if states[state]},
    }
    with ui.row().classes('figures'):
        for caption, number in figures.items():
            with figure(caption):
                ui.label(str(number)).classes('number')
