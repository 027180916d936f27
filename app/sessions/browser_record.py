"""What is known of a browser beyond the id in its cookie."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

VISIT = 1800.0  # seconds; a silent sign-in is tried once in a visit


@dataclass(frozen=True, slots=True)
class BrowserRecord:
    """One id of a browser, which changes at every sign-in and at every end of a session.

    `session_id` is of the session that it has, or had: one that has ended says why. It never changes, since another
    session comes with another id. `successor` is the id that took this one's place. `window_key` is what the native
    window is known by. `return_to` is where the latest sign-in was to lead. `begun_anew`: a sign-in was begun anew,
    since its callback could not be understood. `looked_at` is when a silent sign-in was last tried (seconds since the
    epoch).
    """

    id: str = field(repr=False)
    session_id: str | None = field(default=None, repr=False)
    successor: str | None = field(default=None, repr=False)
    window_key: str | None = field(default=None, repr=False)
    return_to: str = '/'
    begun_anew: bool = False
    looked_at: float = 0.0

    @property
    def is_visitor(self) -> bool:
        """Whether nobody has signed in here yet, nor in the browser that this was the id of."""
        return self.session_id is None and self.successor is None

    def may_look_for_session(self, now: float) -> bool:
        """Whether a silent sign-in may be tried: once a visit, and never where a session has ended."""
        return self.is_visitor and not 0 <= now - self.looked_at < VISIT


def new_browser_id() -> str:
    """An id that nobody can guess (256 bits)."""
    return secrets.token_urlsafe(32)
