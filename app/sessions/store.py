"""The contract that every store of sessions keeps."""

from __future__ import annotations

from typing import Protocol

from .pending_authorization import PendingAuthorization
from .session import Ending, Session


class SessionStore(Protocol):
    """Keeps sessions, and sign-ins in progress.

    Every method is atomic, survives the end of the process, and raises `StoreFailed` if it cannot be done right now.
    """

    async def load(self, session_id: str) -> Session | None:
        """The session, also one that has ended; None if there is none."""

    async def replace(self, old: Session, new: Session) -> bool:
        """Put `new` in the place of `old`; False, with nothing changed, if `old` is not what is kept (any more).

        So a renewal that comes too late cannot bring back a session that was logged out.
        """

    async def end(self, session_id: str, ending: Ending) -> Session | None:
        """Mark a session as over; the one that it was until now, or None if there is none that is alive.

        The mark stays, with nothing of the tokens and claims: `load` gives it, `replace` refuses to bring it back.
        """

    async def remove(self, session_id: str) -> Session | None:
        """Forget a session; the one that was kept, or None."""

    async def touch(self, session_id: str, now: float) -> None:
        """Note that the person did something."""

    async def active_at(self, session_id: str) -> float | None:
        """When the person last did something (seconds since the epoch); None if there is no such session."""

    async def of_browser(self, browser: str) -> list[Session]:
        """All sessions of this browser; tabs that sign in at the same moment make several."""

    async def forget_browser(self, browser: str) -> list[Session]:
        """Remove all sessions of this browser, and its sign-ins in progress; the sessions that it had."""

    async def begin_authorization(self, sign_in: PendingAuthorization) -> None:
        """Keep a sign-in until it is finished or expires."""

    async def claim_authorization(self, state: str, browser: str, now: float) -> PendingAuthorization | None:
        """The sign-in with this `state`, once; None if it is unknown, claimed already or expired.

        Raises `AnotherBrowser`, and leaves it to be claimed, if another browser began it.
        """

    async def finish_authorization(self, sign_in: PendingAuthorization, session: Session) -> bool:
        """Keep the session that a claimed sign-in brought; False if that was forgotten meanwhile, by a logout."""

    async def close(self) -> None:
        """Let go of files and connections."""
