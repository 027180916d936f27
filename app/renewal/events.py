"""What goes into the machine and what comes out: what can happen to a session, and what is to be done about it."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import AuthError, SessionEnded, SessionIdle, SessionTooOld, SubjectMismatch
from ..sessions.session import Session


@dataclass(frozen=True, slots=True)
class Failure:
    """What is remembered of an error: its kind, its code, the provider's own words, and when it was.

    The exception itself is not kept: its traceback holds everything that was at hand, secrets too. `at` in seconds
    since the epoch.
    """

    kind: type[AuthError]
    code: str
    at: float
    description: str = ''

    @classmethod
    def of(cls, error: AuthError, at: float) -> Failure:
        """What is worth keeping of this error."""
        return cls(type(error), error.code, at, error.description)

    @property
    def title(self) -> str:
        return self.kind.title

    @property
    def advice(self) -> str:
        return self.kind.advice

    @property
    def is_for_good(self) -> bool:
        """Whether nobody comes back to what is open, as the same person may after a limit or a refusal."""
        return self.is_a(SessionEnded, SubjectMismatch) and not self.is_a(SessionIdle, SessionTooOld)

    def is_a(self, *kinds: type[AuthError]) -> bool:
        """Whether the error was of one of these kinds."""
        return issubclass(self.kind, kinds)

    def error(self) -> AuthError:
        """An error of the same kind, to be raised anew."""
        return self.kind(code=self.code, description=self.description)


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
class UserinfoCame:
    """Userinfo was asked after a renewal; `session` has what it says now."""

    session: Session


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over; `failure` is why, None if the person knows."""

    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class ClockJumped:
    """The wall clock was set, or the machine has slept."""


@dataclass(frozen=True, slots=True)
class AudienceWanted:
    """Somebody wants to use the access token for this audience, another one than they had if that was `is_refused`."""

    audience: str
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class AudienceRenewed:
    """The renewal for this audience that was under way has brought its token, which `session` has."""

    audience: str
    session: Session


@dataclass(frozen=True, slots=True)
class AudienceFailed:
    """The renewal for this audience that was under way has failed; the rest is as in `Failed`."""

    audience: str
    failure: Failure
    session: Session
    retry_after: float = 0.0
    jitter: float = 1.0


Event = (
    Woke | Opened | Returned | TokenWanted | RenewalWanted | Renewed | Failed | Touched
    | SignedInAgain | ChangedElsewhere | UserinfoCame | Ended | ClockJumped
    | AudienceWanted | AudienceRenewed | AudienceFailed
)  # fmt: skip


# Effects


@dataclass(frozen=True, slots=True)
class BeginRenewal:
    """Begin a renewal; its outcome comes back as `Renewed` or `Failed`."""


@dataclass(frozen=True, slots=True)
class DropRenewal:
    """Drop the renewal that is under way; its outcome is not wanted any more."""


@dataclass(frozen=True, slots=True)
class AskUserinfo:
    """Ask userinfo beside what goes on; what it says comes back as `UserinfoCame`."""


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


@dataclass(frozen=True, slots=True)
class BeginAudience:
    """Begin a renewal of the token for this audience; its outcome comes as `AudienceRenewed` or `AudienceFailed`."""

    audience: str


@dataclass(frozen=True, slots=True)
class DropAudiences:
    """Drop the renewals of tokens for audiences that are under way."""


Effect = BeginRenewal | DropRenewal | AskUserinfo | MarkEnded | NoteActivity | Refuse | BeginAudience | DropAudiences
