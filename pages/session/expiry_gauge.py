"""How long the access token still lives, and when the next one comes."""

from __future__ import annotations

from dataclasses import dataclass

from nicegui import ui

from app.renewal.history import IssuedToken
from app.settings import RenewalMethod
from app.ui.page_context import PageContext
from pages.live import show_live
from pages.renew_now import renew_now
from pages.section import stat
from pages.session_state import status_text
from pages.times import Countdown

METHODS: dict[RenewalMethod, str] = {'iframe': 'in a hidden frame', 'refresh_token': 'with the refresh token'}


def expiry_gauge(context: PageContext) -> None:
    """Show the ring, the numbers beside it, and a button that renews."""
    with ui.card().classes('w-full').props('flat bordered'), ui.element('div').classes('expiry-gauge'):
        with Ring() as ring:
            countdown = Countdown('unknown').props('data-testid=expires-at').classes('number')
            caption = ui.label().classes('caption')
        with ui.column().classes('gauge-stats'):
            what_comes = ui.label().classes('lead').props('data-testid=plan')
            with ui.row().classes('stats'):
                with stat('Next renewal in'):
                    next_attempt = Countdown().classes('number')
                with stat('Renewals so far'):
                    renewals = ui.label().props('data-testid=renewal-count').classes('number')
                with stat('The last one took'):
                    took = ui.label().props('data-testid=took').classes('number')
            ui.button('Renew now', on_click=lambda: renew_now(context), color=None).props(
                'unelevated no-caps icon=autorenew data-testid=renew-now'
            ).classes('action')

    def show_times(times: Times) -> None:
        now = context.app.clock.now()
        next_attempt.set(times.next_attempt, now)
        countdown.set(times.expires_at, now)
        caption.set_text('when it expires' if times.expires_at is None else 'until it expires')
        if times.expires_at is None or times.lifetime is None:
            ring.set(expires_at=now, lifetime=1, next_attempt=None, now=now)
        else:
            ring.set(expires_at=times.expires_at, lifetime=times.lifetime, next_attempt=times.next_attempt, now=now)

    show_live(lambda: _times(context), show_times, context.on_change)
    show_live(lambda: _what_comes(context), what_comes.set_text, context.on_change)
    show_live(lambda: str(context.session.renewals) if context.session else None, renewals.set_text, context.on_change)
    show_live(lambda: _how_long_it_took(context), took.set_text, context.on_change)


@dataclass(frozen=True, slots=True)
class Times:
    """What the ring and the countdowns show: moments in seconds since the epoch, the lifetime in seconds."""

    expires_at: float | None
    lifetime: float | None
    next_attempt: float | None


def _times(context: PageContext) -> Times | None:
    if context.session is None or context.tab is None:
        return None
    tokens = context.session.tokens
    return Times(tokens.expires_at, tokens.lifetime, context.tab.live_session.next_attempt)


def _what_comes(context: PageContext) -> str | None:
    if context.session is None:
        return None
    if (said := status_text(context)) is not None:
        return said
    renewed_by = context.session.renewed_by
    last = f' The last renewal went {METHODS[renewed_by]}.' if renewed_by else ''
    return f'All is well: the access token is renewed by itself at the mark on the ring.{last}'


def _how_long_it_took(context: PageContext) -> str | None:
    """How long the renewal took that brought the token; a dash where none did, or nobody here saw it."""
    if context.session is None or context.tab is None:
        return None
    token, history = IssuedToken.of(context.session), context.tab.live_session.history
    took = next((entry.took for entry in history if entry.kind == 'renewed' and entry.token == token), None)
    return '–' if took is None else duration(took)


def duration(seconds: float) -> str:
    """The duration in a unit that fits it: `38 ms`, `2.4 s`."""
    return f'{seconds * 1000:.0f} ms' if seconds < 1 else f'{seconds:.1f} s'


class Ring(ui.element, component='ring.js'):
    """A full circle is the access token's lifetime; what is put into it stands in the middle. It ticks by itself."""

    def set(self, *, expires_at: float, lifetime: float, next_attempt: float | None, now: float) -> None:
        """Empty towards `expires_at` from `now`, with a mark at `next_attempt` (None if no renewal is planned).

        Moments are in seconds since the epoch, `lifetime` is in seconds.
        """
        self.props.update(
            {
                'expires-at': expires_at,  # a new moment restarts it, although as much may remain as the last time
                'remaining': max(0.0, expires_at - now),
                'lifetime': lifetime,
                'mark': None if next_attempt is None else max(0.0, expires_at - max(next_attempt, now)),
            }
        )
