"""How the session is, in one word and in a sentence."""

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
        name.props(f'data-state={state}').set_text(state)

    show_live(lambda: (*ICONS[context.state], context.state), show, context.on_change)


def status_text(context: PageContext) -> str | None:
    """A sentence on what is out of the ordinary; None if the access token is simply renewed before it expires."""
    if context.state == 'renewing':
        return 'It is being renewed right now.'
    if context.state == 'retrying' and context.tab and context.tab.live_session.state.has_expired:
        return 'That did not work, and the token has expired. It is tried again by itself, and you can log in again.'
    if context.state == 'retrying':
        return 'That did not work. It is tried again by itself.'
    if context.state == 'sign-in-needed':
        once_more = (
            ' It is tried once more when the token expires.'
            if context.tab and context.tab.live_session.next_attempt
            else ''
        )
        return f'It cannot be renewed without you: the line at the top says how to go on.{once_more}'
    if context.session and context.session.tokens.lifetime is None:
        return 'The provider does not say when this token expires, so it is not renewed by itself.'
    return None
