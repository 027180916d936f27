"""How long the access token still lives, and when the next one comes."""

from __future__ import annotations

from nicegui import ui

from app.errors import AppError
from app.renewal.history import State
from app.visit import Visit
from pages.countdown import Countdown
from pages.figure import figure
from pages.renew_now import renew_now
from pages.session.ring import Ring

WAYS = {'iframe': 'in a hidden frame', 'refresh_token': 'with the refresh token'}


def dial(visit: Visit) -> None:
    """The ring, the figures beside it, and a button."""
    with ui.card().classes('w-full').props('flat bordered'), ui.element('div').classes('dial'):
        with Ring() as ring:
            countdown = Countdown('unknown').props('data-testid=expires-at').classes('number')
            ui.label('until it expires').classes('caption')
        with ui.column().classes('dial-figures'):
            plan = ui.label().classes('lead').props('data-testid=plan')
            with ui.row().classes('figures'):
                with figure('Next renewal in'):
                    next_attempt = Countdown().classes('number')
                with figure('Renewals so far'):
                    renewals = ui.label().props('data-testid=renewal-count').classes('number')
                with figure('The last one took'):
                    took = ui.label().props('data-testid=took').classes('number')
            ui.button('Renew now', on_click=lambda: renew_now(visit), color=None).props(
                'unelevated no-caps icon=autorenew data-testid=renew-now'
            ).classes('action')

    def update() -> None:
        if visit.session is None or visit.tab is None:
            return
        now, renewer, tokens = visit.services.clock.now(), visit.tab.renewer, visit.session.tokens
        plan.set_text(_plan(visit.state, renewer.error, visit.session.renewed_by))
        renewals.set_text(str(visit.session.renewals))
        last = next((entry.took for entry in reversed(list(renewer.history)) if entry.kind == 'renewed'), None)
        took.set_text('–' if last is None else duration(last))
        next_attempt.set(renewer.next_attempt, now)
        countdown.set(tokens.expires_at, now)
        if tokens.expires_at is None or tokens.lifetime is None:
            return
        ring.set(
            remaining=tokens.expires_at - now,
            lifetime=tokens.lifetime,
            next_attempt_in=None if renewer.next_attempt is None else renewer.next_attempt - now,
        )

    visit.follow(update)


def duration(seconds: float) -> str:
    """In words that fit the size: `38 ms`, `2.4 s`."""
    return f'{seconds * 1000:.0f} ms' if seconds < 1 else f'{seconds:.1f} s'


def _plan(state: State, error: AppError | None, renewed_by: str | None) -> str:
    if state == 'renewing':
        return 'It is being renewed right now.'
    if state == 'retrying' and error:
        return f'{error.title}. It is tried again by itself; you stay logged in.'
    if state == 'sign-in-needed':
        return 'It cannot be renewed without you any more. Log in again, and all goes on where it was.'
    way = f' The last renewal went {WAYS[renewed_by]}.' if renewed_by else ''
    return f'All is well: the access token is renewed by itself at the mark on the ring.{way}'
