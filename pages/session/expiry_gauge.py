"""How long the access token still lives, and when the next one comes."""

from __future__ import annotations

from collections.abc import Iterable

from nicegui import ui

from app.renewal.history import Entry, IssuedToken
from app.settings import RenewalMethod
from app.ui.page_context import PageContext
from pages.countdown import Countdown
from pages.renew_now import renew_now
from pages.session.ring import Ring
from pages.stat import stat
from pages.status_text import status_text

METHODS: dict[RenewalMethod, str] = {'iframe': 'in a hidden frame', 'refresh_token': 'with the refresh token'}


def expiry_gauge(context: PageContext) -> None:
    """The ring, the figures beside it, and a button."""
    with ui.card().classes('w-full').props('flat bordered'), ui.element('div').classes('dial'):
        with Ring() as ring:
            countdown = Countdown('unknown').props('data-testid=expires-at').classes('number')
            caption = ui.label().classes('caption')
        with ui.column().classes('dial-figures'):
            what_comes = ui.label().classes('lead').props('data-testid=plan')
            with ui.row().classes('figures'):
                with stat('Next renewal in'):
                    next_attempt = Countdown().classes('number')
                with stat('Renewals so far'):
                    renewals = ui.label().props('data-testid=renewal-count').classes('number')
                with stat('The last one took'):
                    took = ui.label().props('data-testid=took').classes('number')
            ui.button('Renew now', on_click=lambda: renew_now(context), color=None).props(
                'unelevated no-caps icon=autorenew data-testid=renew-now'
            ).classes('action')

    def update() -> None:
        if context.session is None or context.tab is None:
            return
        now, live_session, tokens = context.app.clock.now(), context.tab.live_session, context.session.tokens
        what_comes.set_text(status_text(context) or _all_is_well(context.session.renewed_by))
        renewals.set_text(str(context.session.renewals))
        took.set_text(_how_long_it_took(live_session.history, IssuedToken.of(context.session)))
        next_attempt.set(live_session.next_attempt, now)
        countdown.set(tokens.expires_at, now)
        caption.set_text('when it expires' if tokens.expires_at is None else 'until it expires')
        if tokens.expires_at is None or tokens.lifetime is None:
            ring.set(remaining=0, lifetime=1, next_attempt_in=None)
        else:
            ring.set(
                remaining=tokens.expires_at - now,
                lifetime=tokens.lifetime,
                next_attempt_in=None if live_session.next_attempt is None else live_session.next_attempt - now,
            )

    context.on_change(update)


def _how_long_it_took(history: Iterable[Entry], token: IssuedToken) -> str:
    """The renewal that brought the token; unknown where none did, or nobody here saw it."""
    took = next((entry.took for entry in history if entry.kind == 'renewed' and entry.token == token), None)
    return '–' if took is None else duration(took)


def duration(seconds: float) -> str:
    """In words that fit the size: `38 ms`, `2.4 s`."""
    return f'{seconds * 1000:.0f} ms' if seconds < 1 else f'{seconds:.1f} s'


def _all_is_well(renewed_by: RenewalMethod | None) -> str:
    way = f' The last renewal went {METHODS[renewed_by]}.' if renewed_by else ''
    return f'All is well: the access token is renewed by itself at the mark on the ring.{way}'
