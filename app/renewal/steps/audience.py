"""What is known of the renewals of one audience's token."""

from __future__ import annotations

from dataclasses import dataclass

from ..events import Failure


@dataclass(frozen=True, slots=True)
class Audience:
    """Of the tokens for one audience what `State` is for the session's own; moments in seconds since the epoch.

    `error` is why the latest renewal failed; none is asked for before `not_before`.
    """

    is_renewing: bool = False
    failures: int = 0
    not_before: float = 0.0
    attempts: tuple[float, ...] = ()
    error: Failure | None = None
