"""What is known of a session that is in use: the machine's state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..errors import DefinitiveError, SessionEnded
from ..sessions.session import Session
from . import schedule
from .events import Failure
from .limits import Limits
from .steps.audience import Audience

Phase = Literal['signed-out', 'active', 'renewing', 'retrying', 'sign-in-needed']


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say: `lead` and `grace` in seconds, and how long a session may last."""

    lead: float = 60.0
    grace: float = schedule.GRACE
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class State:
    """A session, and what is known of its renewals.

    `next_attempt` is None if no renewal is planned; `not_before` binds whoever asks. `attempts` are the moments of the
    latest ones, oldest first. `error` is why the latest renewal failed, or the session ended; `warning` is why it will
    end in a minute. `has_expired`: the token has, while renewing it failed. `lacks_page`: the latest renewal found no
    page that it could ask. `audiences` is the same for the tokens of other audiences, as far as they were asked for.
    """

    rules: Rules
    session: Session
    phase: Phase
    active_at: float
    next_attempt: float | None
    not_before: float = 0.0
    failures: int = 0
    failing_since: float | None = None
    attempts: tuple[float, ...] = ()
    lacks_page: bool = False
    error: Failure | None = None
    warning: Failure | None = None
    has_expired: bool = False
    audiences: Mapping[str, Audience] = field(default_factory=dict)

    @property
    def end(self) -> tuple[float, type[SessionEnded]] | None:
        """When a limit ends the session, as far as this process knows, and which; None if there is none."""
        return self.rules.limits.end(self.session.signed_in_at, self.active_at)

    @property
    def is_over(self) -> bool:
        """Whether nothing but a sign-in goes on from here."""
        return self.phase == 'signed-out' or self.is_refused_for_good

    @property
    def is_refused(self) -> bool:
        """Whether the provider said no to the latest renewal."""
        return self.phase == 'sign-in-needed' and self.error is not None and self.error.is_a(DefinitiveError)

    @property
    def is_refused_for_good(self) -> bool:
        """Whether it said so after the token had expired; one without an end serves on."""
        return self.is_refused and self.next_attempt is None and self.session.tokens.expires_at is not None

    @property
    def has_given_up(self) -> bool:
        """Whether it failed for so long that it is not tried any more, though it might work again."""
        return self.phase == 'sign-in-needed' and self.next_attempt is None and not self.is_refused
