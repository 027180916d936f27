"""The home page: that you are signed in, until when, and that it goes on by itself."""

from __future__ import annotations

from nicegui import ui

from app.renewal import schedule
from app.sessions.session import Session
from app.ui.page_context import PageContext
from app.web.local_request import is_on_this_machine
from pages.error import DOCTOR_PATH
from pages.kept_text import KeptText
from pages.live import show_live
from pages.section import section, stat
from pages.session_state import status_text
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


def home(context: PageContext) -> None:
    """Invite a visitor to log in; show everybody else the state of their session."""
    if context.session is None:
        _welcome(context)
    else:
        _signed_in(context)


def _welcome(context: PageContext) -> None:
    ui.label('Log in once. Stay logged in.').props('role=heading aria-level=1').classes('title')
    ui.label(
        'While a tab is open, your login is renewed by itself, shortly before it runs out. '
        'You are asked again only if the provider wants that, and no access token ever reaches your browser.'
    ).classes('lead')
    ui.link('Log in', context.login_url).classes('action')
    with ui.element('div').classes('promises'):
        for icon, title, text in PROMISES:
            with section(title, text):
                ui.icon(icon, size='2rem', color='primary').props('aria-hidden=true').move(target_index=0)
    if context.app.settings.is_demo:
        ui.label(
            'No provider is configured, so a demo provider signs you in, as Alice or Bob and without a password. '
            'Set OIDC_ISSUER to use your own.'
        ).classes('hint')
    if is_on_this_machine(ui.context.client.request, context.app.settings):
        ui.link('Is it set up right? Ask the doctor', DOCTOR_PATH)


def _signed_in(context: PageContext) -> None:
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
    if not context.is_window:
        text += ' Or open a second tab: both share one session, and one renewal.'
    owner = context.session.owner if context.session else ''
    with section('Try it', text), KeptText(owner, 'note').classes('w-full'):
        ui.input('Your note').props('outlined data-testid=note').classes('w-full')

    def show_session(latest: Session) -> None:
        countdown.set(latest.tokens.expires_at, context.app.clock.now())
        count.set_text(str(latest.renewals))

    show_live(lambda: context.session, show_session, context.on_change)
    show_live(lambda: _title(context), title.set_text, context.on_change)
    show_live(lambda: _what_comes(context), what_comes.set_text, context.on_change)


def _title(context: PageContext) -> str:
    return 'Please log in again' if context.state == 'sign-in-needed' else 'You are logged in!'


def _what_comes(context: PageContext) -> str | None:
    if context.session is None or context.state == 'renewing':  # what is over in a moment moves nothing
        return None
    lead = schedule.lead(context.session.tokens.lifetime or 0, context.app.settings.renewal_lead)
    by_itself = f'It is renewed by itself {lead:.0f} seconds before that. You can also do it by hand, with Renew above.'
    return status_text(context) or by_itself
