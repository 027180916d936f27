"""How the session is, in one word and in a sentence."""

from __future__ import annotations

import time

from nicegui import ui

from pages.auth import auth
from pages.live import show_live

ICONS: dict[str, tuple[str, str]] = {  # icon, color
    'signed-out': ('radio_button_unchecked', 'quiet'),
    'active': ('verified_user', 'positive'),
    'renewing': ('sync', 'info'),
    'retrying': ('sync_problem', 'warning'),
    'sign-in-needed': ('error', 'negative'),
}


def state_chip() -> None:
    """Show an icon and the state's name, always those of now."""
    with ui.row().classes('items-center gap-1 no-wrap state-chip').props('role=status'):
        icon = ui.icon('circle', size='1.1rem').props('aria-hidden=true')
        name = ui.label().props('data-testid=session-state').classes('text-sm state')

    def show(latest: tuple[str, str, str]) -> None:
        symbol, color, state = latest
        icon.props(f'name={symbol} color={color}')
        name.props(f'data-state={state}').set_text(state)

    show_live(lambda: (*ICONS[state()], state()), show)


def state() -> str:
    """How the session of this page is."""
    return auth.user.state if auth.user else 'signed-out'


def status_text() -> str | None:
    """A sentence on what is out of the ordinary; None if the access token is simply renewed before it expires."""
    user = auth.user
    if user is None:
        return None
    if user.state == 'renewing':
        return 'It is being renewed right now.'
    if user.state == 'retrying' and user.expires_at and user.expires_at <= time.time():
        return 'That did not work, and the token has expired. It is tried again by itself, and you can log in again.'
    if user.state == 'retrying':
        return 'That did not work. It is tried again by itself.'
    if user.state == 'sign-in-needed':
        once_more = ' It is tried once more when the token expires.' if user.next_renewal else ''
        return f'It cannot be renewed without you: the line at the top says how to go on.{once_more}'
    if user.expires_at is None:
        return 'The provider does not say when this token expires, so it is not renewed by itself.'
    return None
