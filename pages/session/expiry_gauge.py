"""How long the access token still lives, and when the next one comes."""

from __future__ import annotations

import time
from dataclasses import dataclass

from nicegui import ui

from pages.auth import auth
from pages.live import of_user, show_live
from pages.renew_now import renew_now
from pages.section import stat
from pages.session_state import status_text
from pages.times import Countdown

METHODS: dict[str, str] = {'iframe': 'in a hidden frame', 'refresh_token': 'with the refresh token'}


def expiry_gauge() -> None:
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
            ui.button('Renew now', on_click=renew_now, color=None).props(
                'unelevated no-caps icon=autorenew data-testid=renew-now'
            ).classes('action')

    def show_times(times: Times) -> None:
        now = time.time()
        next_attempt.set(times.next_attempt, now)
        countdown.set(times.expires_at, now)
        caption.set_text('when it expires' if times.expires_at is None else 'until it expires')
        if times.expires_at is None or times.lifetime is None:
            ring.set(expires_at=now, lifetime=1, next_attempt=None, now=now)
        else:
            ring.set(expires_at=times.expires_at, lifetime=times.lifetime, next_attempt=times.next_attempt, now=now)

    show_live(_times, show_times)
    show_live(_what_comes, what_comes.set_text)
    show_live(of_user(lambda user: str(user.issued_token.number)), renewals.set_text)
    show_live(_how_long_it_took, took.set_text)


@dataclass(frozen=True, slots=True)
class Times:
    """What the ring and the countdowns show: moments in seconds since the epoch, the lifetime in seconds."""

    expires_at: float | None
    lifetime: float | None
    next_attempt: float | None


def _times() -> Times | None:
    if (user := auth.user) is None:
        return None
    return Times(user.expires_at, user.issued_token.lifetime, user.next_renewal)


def _what_comes() -> str | None:
    if (user := auth.user) is None:
        return None
    if (said := status_text()) is not None:
        return said
    renewed_by = user.issued_token.renewed_by
    last = f' The last renewal went {METHODS[renewed_by]}.' if renewed_by else ''
    return f'All is well: the access token is renewed by itself at the mark on the ring.{last}'


def _how_long_it_took() -> str | None:
    """How long the renewal took that brought the token; a dash where none did, or nobody here saw it."""
    if (user := auth.user) is None:
        return None
    renewals = (entry for entry in user.history if entry.kind == 'renewed' and entry.token == user.issued_token)
    took = next((entry.took for entry in renewals), None)
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
