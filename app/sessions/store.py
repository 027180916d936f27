"""The contract that every store of sessions keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..oidc.quirks import Quirks
from .browser_record import BrowserRecord
from .pending_authorization import PendingAuthorization
from .session import Ending, Session


@dataclass(frozen=True, slots=True)
class FinishedSignIn:
    """What came of a sign-in: the session that the browser has now.

    That is another one than the sign-in brought where the same person had finished another sign-in in the meantime.
    `earlier_id` is the id of the session that the browser had before; `by_another` is whether that was, as far as is
    known, another person's; `ended` is the one that was alive until then, with its tokens, if it was another person's.
    """

    session: Session
    earlier_id: str | None = None
    by_another: bool = False
    ended: Session | None = None


class SessionStore(Protocol):
    """Keeps sessions, sign-ins in progress, and what is known of browsers and of providers.

    Every method is atomic, survives the end of the process, and raises `StoreFailed` if it cannot be done right now.
    """

    async def open(self) -> None:
        """Open files and connections; nothing else works before, and making a store opens nothing.

        Raises `SettingsError` that says what to do if that is not possible.
        """

    async def load(self, session_id: str) -> Session | None:
        """The session, also one that has ended; None if there is none."""

    async def by_reference(self, reference: str) -> Session | None:
        """The session that a form names (`Session.reference`), also one that has ended; None if there is none."""

    async def replace(self, old: Session, new: Session) -> bool:
        """Put `new` in the place of `old`; False, with nothing changed, if `old` is not what is kept (any more).

        So a renewal that comes too late cannot bring back a session that was logged out.
        """

    async def end(
        self, session_id: str, ending: Ending, *, browser: str | None = None, heir: str | None = None
    ) -> Session | None:
        """Mark a session as over; the one that it was until now, or None if there is none that is alive.

        The mark stays, with nothing of the tokens and claims: `load` gives it, `replace` refuses to bring it back. A
        logout also forgets the sign-ins that are in progress in its browser, and takes the place of an end that the
        provider brought about, after which pages would sign in again by themselves. `heir` is the next id of `browser`
        (`succeed`), or the first one where that is None; it has the mark too, unless another id was faster.
        """

    async def sessions_of(self, issuer: str, subject: str) -> list[Session]:
        """All sessions of a person that have not ended, in all browsers, the one that was renewed last first."""

    async def end_all(self, issuer: str, subject: str, ending: Ending, *, but: str | None = None) -> list[Session]:
        """Mark all sessions of a person as over, but for the one with the id `but`; what they were until now.

        All of them or, if that fails, none. A sign-in that is in progress goes on, and brings a new session.
        """

    async def touch(self, session_id: str, now: float) -> None:
        """Note that the person did something."""

    async def active_at(self, session_id: str) -> float | None:
        """When the person last did something (seconds since the epoch); None if there is no such session."""

    async def browser(self, browser: str) -> BrowserRecord | None:
        """What is known of the browser with this id; None if nothing is."""

    async def adopt(self, record: BrowserRecord, session: Session | None, now: float) -> None:
        """Keep what the cookie of an earlier version says, unless that was done already; its session is the browser's.

        `session` is one that was not kept so far: the mark of a logout.
        """

    async def change_browser(
        self, browser: str, change: Callable[[BrowserRecord], BrowserRecord], now: float
    ) -> BrowserRecord:
        """Keep what `change` makes of what is known of the browser, which begins with nothing; the outcome."""

    async def succeed(self, browser: str, heir: str, now: float) -> bool:
        """Let the id `heir` take the place of this one, with its session or mark, and the sign-ins in progress.

        False, with nothing changed, if another id has done so already.
        """

    async def begin_authorization(self, authorization: PendingAuthorization) -> None:
        """Keep a sign-in until it is finished or expires, and note in its browser's record where it leads.

        Raises `SessionEnded` if nobody asked for it and somebody has been signed in in this browser.
        """

    async def claim_authorization(self, state: str, browser: str, now: float) -> PendingAuthorization | None:
        """The sign-in with this `state`, once; None if it is unknown, claimed already or expired.

        A browser's earlier id, of which the present one is the successor, claims it too. Raises `AnotherBrowser`, and
        leaves it to be claimed, if another browser began it.
        """

    async def awaited_sign_in(self, browser: str, now: float) -> PendingAuthorization | None:
        """The latest sign-in that a person began in this browser and that nothing has answered yet; None without one.

        It stays to be claimed.
        """

    async def finish_authorization(
        self, authorization: PendingAuthorization, session: Session, browser: str
    ) -> FinishedSignIn | None:
        """Keep the session that a claimed sign-in brought to `browser`, under the browser's next id, `session.browser`.

        The browser's earlier session is over: the same person's is forgotten, another person's is marked. Of the
        earlier id nothing is left but its successor. None, with nothing kept, if the sign-in was forgotten meanwhile
        by a logout, if somebody else has finished one in this browser meanwhile, or if nobody asked for it and
        somebody has been signed in meanwhile.
        """

    async def quirks(self, provider: str) -> Quirks | None:
        """What was learnt of the provider with this key (`ProviderClient.key`); None if nothing was."""

    async def keep_quirks(self, provider: str, quirks: Quirks) -> None:
        """Keep what was learnt of a provider."""

    async def close(self) -> None:
        """Let go of files and connections."""
