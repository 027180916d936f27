"""The ring that empties towards expiry."""

from __future__ import annotations

from nicegui import ui


class Ring(ui.element, component='ring.js'):
    """A full circle is the access token's lifetime; what is put into it stands in the middle. It ticks by itself."""

    def set(self, *, remaining: float, lifetime: float, next_attempt_in: float | None) -> None:
        """All in seconds; `next_attempt_in` is marked on the ring, None if no renewal is planned."""
        self.props['remaining'] = max(0.0, remaining)
        self.props['lifetime'] = lifetime
        self.props['mark'] = None if next_attempt_in is None else max(0.0, remaining - next_attempt_in)
        self.props['set'] = self.props.get('set', 0) + 1  # the same figures again count from now again
        self.update()
