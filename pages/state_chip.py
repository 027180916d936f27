"""How the session is, in one word."""

from __future__ import annotations

from nicegui import ui

from app.renewal.state import Phase
from app.ui.page_context import PageContext
from pages.live import show_live

ICONS: dict[Phase, tuple[str, str]] = {  # icon, color
    'signed-out': ('radio_button_unchecked', 'quiet'),
    'active': ('verified_user', 'positive'),
    'renewing': ('sync', 'info'),
    'retrying': ('sync_problem', 'warning'),
    'sign-in-needed': ('error', 'negative'),
}


def state_chip(context: PageContext) -> None:
    """Show an icon and the state's name, always those of now."""
    with ui.row().classes('items-center gap-1 no-wrap state-chip').props('role=status'):
        icon = ui.icon('circle', size='1.1rem').props('aria-hidden=true')
        name = ui.label().props('data-testid=session-state').classes('text-sm state')

    def show(latest: tuple[str, str, str]) -> None:
        symbol, color, state = latest
        icon.props(f'name={symbol} color={color}')
        name.set_text(state)

    show_live(lambda: (*ICONS[context.state], context.state), show, context.on_change)
