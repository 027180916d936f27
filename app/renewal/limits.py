"""How long a session may last. Pure: no clock, no tasks."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import SessionEnded, SessionIdle, SessionTooOld

WARNING = 60.0  # seconds before the end that the person is warned


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings SESSION_IDLE and SESSION_MAX, in seconds; 0 for none."""

    idle: float = 0.0
    maximum: float = 0.0

    def end(self, signed_in_at: float, active_at: float) -> tuple[float, type[SessionEnded]] | None:
        """When the session ends, and why; None if it has no limit. Moments in seconds since the epoch.

        `active_at` is when the person last did something; a renewal is nothing that a person does.
        """
        ends: list[tuple[float, type[SessionEnded]]] = []
        if self.idle:
            ends.append((active_at + self.idle, SessionIdle))
        if self.maximum:
            ends.append((signed_in_at + self.maximum, SessionTooOld))
        return min(ends, key=lambda end: end[0]) if ends else None
