"""The ring that empties towards expiry."""

from __future__ import annotations

from nicegui import ui


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
