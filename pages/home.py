"""The home page: that you are signed in, until when, and that it goes on by itself."""

from __future__ import annotations

import time

from nicegui import ui

from app import IssuedToken
from pages import inside
from pages.auth import auth
from pages.kept_text import KeptText, owner_here
from pages.live import of_user, show_live
from pages.section import section, stat
from pages.session_state import state, status_text
from pages.times import Countdown

PROMISES = (
    ('autorenew', 'Renewed in time', 'A hidden frame asks for the next token before the old one expires.'),
    ('tab', 'Once for all tabs', 'One tab renews, all of them go on. Logging out in one ends them all.'),
    (
        'cloud_done',
        'Tried again',
        'After a time offline, asleep, or with a provider that is down. If that fails, you are asked to log in.',
    ),
)

DEMO = (
    'No provider is configured, so a demo provider signs you in, as Alice or Bob and without a password. '
    'Set OIDC_ISSUER to use your own.'
)
DEMOS = 'A provider without an issuer is a demo provider, which signs you in as Alice or Bob and without a password.'


def home() -> None:
    """Invite a visitor to log in; show everybody else the state of their session."""
    if auth.user is None:
        _welcome()
    else:
        _signed_in()


def _welcome() -> None:
    ui.label('Log in once. Stay logged in.').props('role=heading aria-level=1').classes('title')
    ui.label(
        'While a tab is open, your login is renewed by itself, shortly before it runs out. '
        'You are asked again only if the provider wants that, and no access token ever reaches your browser.'
    ).classes('lead')
    ui.link('Log in', auth.login_url()).classes('action')
    with ui.element('div').classes('promises'):
        for icon, title, text in PROMISES:
            with section(title, text):
                ui.icon(icon, size='2rem', color='primary').props('aria-hidden=true').move(target_index=0)
    if inside.demo():
        ui.label(DEMOS if inside.has_choice() else DEMO).classes('hint')
    if inside.DOCTOR_PATH not in inside.absent_pages():
        ui.link('Is it set up right? Ask the doctor', inside.DOCTOR_PATH)


def _signed_in() -> None:
    title = ui.label().props('role=heading aria-level=1').classes('title')
    with ui.card().classes('w-full').props('flat bordered'):
        with ui.row().classes('stats'):
            with stat('Access token expires in'):
                countdown = Countdown('unknown').props('data-testid=expires-at').classes('number')
            with stat('Renewals so far'):
                count = ui.label().props('data-testid=renewal-count').classes('number')
        what_comes = ui.label().classes('lead online-only')
        ui.link('Watch it happen', '/session')
    text = 'Type something: the tokens change, what you typed does not. It stays in this tab until you log out.'
    if not inside.page_context().is_window:
        text += ' Or open a second tab: both share one session, and one renewal.'
    with section('Try it', text), KeptText(owner_here(), 'note').classes('w-full'):
        ui.input('Your note').props('outlined data-testid=note').classes('w-full')

    def show_token(latest: IssuedToken) -> None:
        countdown.set(latest.expires_at, time.time())
        count.set_text(str(latest.number))

    show_live(of_user(lambda user: user.issued_token), show_token)
    show_live(_title, title.set_text)
    show_live(_what_comes, what_comes.set_text)


def _title() -> str:
    return 'Please log in again' if state() == 'sign-in-needed' else 'You are logged in!'


def _what_comes() -> str | None:
    user = auth.user
    if user is None or user.state == 'renewing':  # what is over in a moment moves nothing
        return None
    if (said := status_text()) is not None:
        return said
    lead = (user.expires_at or 0) - (user.next_renewal or 0)
    return f'It is renewed by itself {lead:.0f} seconds before that. You can also do it by hand, with Renew above.'
