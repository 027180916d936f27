"""What can happen to a session, and what is to be done about it: what goes into the machine, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass

from ..sessions.session import Session
from .failure import Failure

# Events


@dataclass(frozen=True, slots=True)
class Woke:
    """The moment that `wakes_at` named has come. `active_at`: when the person was last seen, by other processes too."""

    active_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Opened:
    """A page was opened; `session` is what the store has, `active_at` when the person was last seen before."""

    session: Session
    active_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Returned:
    """A page has come back, or its network has."""


@dataclass(frozen=True, slots=True)
class TokenWanted:
    """Somebody wants to use the access token."""


@dataclass(frozen=True, slots=True)
class RenewalWanted:
    """A renewal is asked for: by the person, or because an API refused the token."""

    by_person: bool = True


@dataclass(frozen=True, slots=True)
class Renewed:
    """The renewal that was under way has brought this session."""

    session: Session


@dataclass(frozen=True, slots=True)
class Failed:
    """The renewal that was under way has failed; `session` is what the store has now.

    `retry_after` is for how many seconds the provider wants to be left alone; `jitter` in 0.5..1 spreads retries.
    """

    failure: Failure
    session: Session
    retry_after: float = 0.0
    jitter: float = 1.0


@dataclass(frozen=True, slots=True)
class Touched:
    """The person did something."""


@dataclass(frozen=True, slots=True)
class SignedInAgain:
    """The same person has signed in again; the session is a new one."""

    session: Session


@dataclass(frozen=True, slots=True)
class ChangedElsewhere:
    """Another process has renewed the session."""

    session: Session


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over; `failure` is why, None if the person knows."""

    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class ClockJumped:
    """The wall clock was set, or the machine has slept."""


Event = (
    Woke | Opened | Returned | TokenWanted | RenewalWanted | Renewed | Failed | Touched
    | SignedInAgain | ChangedElsewhere | Ended | ClockJumped
)  # fmt: skip


# Effects


@dataclass(frozen=True, slots=True)
class BeginRenewal:
    """Begin a renewal; its outcome comes back as `Renewed` or `Failed`."""


@dataclass(frozen=True, slots=True)
class DropRenewal:
    """Drop the renewal that is under way; its outcome is not wanted any more."""


@dataclass(frozen=True, slots=True)
class MarkEnded:
    """Mark the session as over in the store."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class NoteActivity:
    """Tell the store when the person was last seen."""

    at: float


@dataclass(frozen=True, slots=True)
class Refuse:
    """Tell whoever asked why there is no renewal; `seconds` is how long it takes until there may be one."""

    failure: Failure
    seconds: float = 0.0


Effect = BeginRenewal | DropRenewal | MarkEnded | NoteActivity | Refuse
