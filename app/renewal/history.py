"""What happened to a session, read off its snapshots before and after each change."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Self

from ..errors import DefinitiveError
from ..sessions.session import Session
from ..settings import RenewalMethod
from .events import Failure
from .methods.choice import SILENT_TWICE
from .state import Phase

LENGTH = 200  # entries; the oldest are forgotten
Kind = Literal['signed-in', 'resumed', 'renewed', 'renewed-elsewhere', 'failed', 'refused', 'gave-up', 'ended']


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A live session at one moment; `at` in seconds since the epoch, `monotonic` for durations."""

    at: float
    monotonic: float
    phase: Phase
    session: Session
    error: Failure | None = None
    next_attempt: float | None = None
    lacks_page: bool = False


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """When an access token was issued, and until when it is good; the token itself is nothing to remember.

    `number` is that of the renewal that brought it, `renewed_by` the way it came; times as in `Tokens`.
    """

    number: int
    issued_at: float
    expires_at: float | None
    renewed_by: RenewalMethod | None

    @classmethod
    def of(cls, session: Session) -> Self:
        """The one that the session has."""
        return cls(session.renewals, session.tokens.issued_at, session.tokens.expires_at, session.renewed_by)

    @property
    def lifetime(self) -> float | None:
        """Seconds from issue to expiry; None if nobody knows."""
        return None if self.expires_at is None else self.expires_at - self.issued_at


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened.

    `at` and `next_attempt` are in seconds since the epoch; `took` is how many seconds the renewal took, None where
    there was none. `token` is the one that the session had then, `error` why something failed, or ended.
    `frame_fell_silent`: the silent frame was given up for a while, since it got no answer.
    """

    at: float
    kind: Kind
    token: IssuedToken
    took: float | None = None
    error: Failure | None = None
    next_attempt: float | None = None
    frame_fell_silent: bool = False


def first_entry(snapshot: Snapshot) -> HistoryEntry:
    """How a history begins: with the sign-in, unless renewals came before that nobody here has seen."""
    session = snapshot.session
    if session.renewals:
        return HistoryEntry(snapshot.at, 'resumed', IssuedToken.of(session))
    return HistoryEntry(session.signed_in_at, 'signed-in', IssuedToken.of(session))


def entry(before: Snapshot, after: Snapshot) -> HistoryEntry | None:
    """What has happened between two snapshots; None if it is nothing worth telling."""
    kind = _kind(before, after)
    if kind is None:
        return None
    took = after.monotonic - before.monotonic if before.phase == 'renewing' and kind != 'signed-in' else None
    fell_silent = before.session.frame_timeouts < SILENT_TWICE <= after.session.frame_timeouts
    token = IssuedToken.of(after.session)
    return HistoryEntry(after.at, kind, token, took, after.error, after.next_attempt, frame_fell_silent=fell_silent)


def _kind(before: Snapshot, after: Snapshot) -> Kind | None:
    if after.phase == 'signed-out':
        return None if before.phase == 'signed-out' else 'ended'
    if after.session.id != before.session.id:
        return 'signed-in'
    if before.phase == 'renewing':
        return _outcome(after)
    is_newer = after.session.renewals > before.session.renewals
    return 'renewed-elsewhere' if after.phase == 'active' and is_newer else None


def _outcome(after: Snapshot) -> Kind | None:
    if after.lacks_page:  # nobody was asked, so nothing has happened
        return None
    if after.phase == 'active':
        return 'renewed'
    if after.phase == 'retrying':
        return 'failed'
    if after.phase == 'sign-in-needed':
        return 'refused' if after.error and after.error.is_a(DefinitiveError) else 'gave-up'
    return None


class History:
    """The entries of one session, oldest first. It outlives the session's tabs, but not the process."""

    def __init__(self) -> None:
        self._entries: deque[HistoryEntry] = deque(maxlen=LENGTH)
        self._before: Snapshot | None = None

    def note(self, snapshot: Snapshot) -> None:
        """Add what has happened since the last snapshot."""
        if self._before is None:
            self._entries.append(first_entry(snapshot))
        elif happened := entry(self._before, snapshot):
            self._entries.append(happened)
        self._before = snapshot

    def __iter__(self) -> Iterator[HistoryEntry]:
        return iter(tuple(self._entries))
