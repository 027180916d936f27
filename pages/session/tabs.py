"""The tabs that share the session."""

from __future__ import annotations

from nicegui import ui

from app.renewal.user_agents import present
from app.ui.page_context import PageContext
from pages.local_time import LocalTime
from pages.section import section


def tabs(context: PageContext) -> None:
    """One line for each; open another one to see it come."""
    with section('Tabs', 'All tabs of this browser share one session: one of them renews, all of them go on.'):
        place = ui.element('ul').classes('log').props('data-testid=tabs')

    def update() -> None:
        if context.tab is None:
            return
        place.clear()
        with place:
            for tab in present(context.tab.live_session.tabs):
                with ui.element('li'):
                    LocalTime(tab.opened_at).classes('caption')
                    icon, color, state = (
                        ('tab', 'positive', '') if tab.is_connected else ('cloud_off', 'warning', ', closed or offline')
                    )
                    ui.icon(icon, color=color, size='1.25rem').props('aria-hidden=true')
                    this = ' (this tab)' if tab is context.tab else ''
                    ui.label(f'{tab.path[:80]}{this}{state}').classes('anywhere')

    context.on_change(update)
