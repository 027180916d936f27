"""Renewing at the push of a button, and saying what came of it."""

from __future__ import annotations

from math import ceil

from nicegui import ui

from app.errors import AuthError, RenewalTooSoon, TooManyRenewals
from pages.auth import auth


async def renew_now() -> None:
    """Renew, unless nobody is signed in; what the banner says already is not said again."""
    if auth.user is None:
        return
    with ui.context.client:  # the page with the button may be left meanwhile
        try:
            await auth.renew()
        except AuthError as error:
            is_refused = isinstance(error, RenewalTooSoon | TooManyRenewals)  # when it may be tried, no banner says
            if is_refused or (auth.user and auth.user.state not in {'sign-in-needed', 'retrying'}):
                when = f' The next try is possible in {ceil(error.retry_after)} s.' if is_refused else ''
                _notify(f'{error.title}. {error.advice}{when}', 'negative', 'error')
        else:
            _notify('Renewed: this session has a new access token.', 'positive', 'check_circle')


def _notify(text: str, color: str, icon: str) -> None:
    ui.notify(text, color=color, textColor='toast', icon=icon, position='top')
