"""The contract that every store of sessions keeps."""

from __future__ import annotations

from typing import Protocol

from app.sessions.session import Session
from app.sessions.sign_in import SignIn


class SessionStore(Protocol):
    """Keeps sessions, and sign-ins in progress. Every method is atomic, and survives the end of the process."""

    async def load(self, session_id: str) -> Session | None:
        """The session, or None if there is none (any more)."""

    async def create(self, session: Session) -> None:
        """Keep a new session."""

    async def replace(self, old: Session, new: Session) -> bool:
        """Put `new` in the place of `old`; False, with nothing changed, if `old` is no longer what is kept.

        So a renewal that comes too late cannot bring back a session that was logged out.
        """

    async def remove(self, session_id: str) -> Session | None:
        """Forget a session; the one that was kept, or None."""

    async def begin_sign_in(self, sign_in: SignIn) -> None:
        """Keep a sign-in until it is finished or expires."""

    async def finish_sign_in(self, state: str, browser: str, now: float) -> SignIn | None:
        """Take out the sign-in with this `state`, which works once; None if it is unknown, used or expired.

        Raises `AnotherBrowser`, and leaves it in place, if another browser began it.
        """

    async def close(self) -> None:
        """Let go of files and connections."""
