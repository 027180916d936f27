"""All sessions that are, or were, in use in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from weakref import WeakValueDictionary

from ..clock import Clock
from ..errors import ProviderGone, SessionEnded, SubjectMismatch
from ..sessions.session import Ending, OnEnd, Session
from ..sessions.store import SessionStore
from . import events, machine
from .events import Failure
from .live_session import LiveSession
from .state import Rules
from .user_agents import OpenTab
from .visitors import Visitors

KEPT = 1000  # sessions that are remembered when their last tab is closed, or they end; the oldest are forgotten


class SessionRegistry:
    """One `LiveSession` for each session; it passes events on, and decides nothing.

    It outlives the last tab, so that a page which is left still shares it, and what binds it (a `Retry-After`, a
    refusal) binds the next tab too; and it lives as long as anybody has it, so that there are never two of them.
    `on_end` is told of sessions that end here. `is_known` is whether the provider of a session is still used.
    """

    def __init__(
        self,
        make: Callable[[Session], LiveSession],
        store: SessionStore,
        clock: Clock,
        rules: Rules,
        on_end: OnEnd = lambda *_: None,
        is_known: Callable[[Session], bool] = lambda _: True,
    ) -> None:
        self._make = make
        self._on_end = on_end
        self._is_known = is_known
        self._store = store
        self._clock = clock
        self._rules = rules
        self.visitors = Visitors()
        self._live: WeakValueDictionary[str, LiveSession] = WeakValueDictionary()  # all that anybody has
        self._kept: dict[str, LiveSession] = {}  # those that are not forgotten; those that were opened last come last
        self._heirs: dict[str, str] = {}  # what became of sessions whose person has signed in again
        self._over: dict[str, Failure | None] = {}  # those that ended here; the latest come last

    def __iter__(self) -> Iterator[LiveSession]:
        """Those that have a tab open."""
        return iter([live for live in self._kept.values() if live.tabs])

    async def present(self, session: Session, *, browser: str | None = None, heir: str | None = None) -> Session | None:
        """The session as it is now: one that is over, also by a limit, says so (`ended`); None if it is gone.

        Asking is nothing that the person does. If it ends here, `browser` gets the id `heir` with its end. Raises
        `StoreFailed` if nobody can say.
        """
        live, now = self._live.get(session.id), self._clock.now()
        if not self._is_known(session):
            await self.end_one(session.id, ProviderGone)
            return await self._store.load(session.id)
        active_at = await self._store.active_at(session.id) or 0.0
        state = live.state if live else machine.begin(session, self._rules, now, active_at)
        state, _ = machine.step(state, events.Opened(session, active_at), now)
        if state.is_over:  # also where the store could not be told when it ended
            failure = state.error or Failure(SessionEnded, SessionEnded.code, now)
            ending = Ending(failure.code, failure.at)
            if (ended := await self._store.end(session.id, ending, browser=browser, heir=heir)) is not None:
                self._on_end(ended, ending)
            if live:
                live.send(events.Ended(failure))
        return await self._store.load(session.id)  # the very last, since it may have ended meanwhile

    def get(self, session_id: str) -> LiveSession | None:
        """The live session with this id, or of the sign-in that came after it; None if it is not in use here."""
        while (live := self._live.get(session_id)) is None and session_id in self._heirs:
            session_id = self._heirs[session_id]
        return live

    def open(self, session: Session, tab: OpenTab) -> LiveSession:
        """The live session, for one more tab; each call needs a `leave`.

        It is over if it has ended here since the page was asked for, however long that takes to come and be opened.
        """
        live = self._live.get(session.id) or self._make(session)
        self._keep(session.id, live)
        live.send(events.Opened(session))
        self._end_if_over(live)
        live.tabs.append(tab)
        live.tabs_changed.emit()
        self._sweep()
        return live

    def leave(self, live: LiveSession, tab: OpenTab) -> None:
        """One tab fewer."""
        live.tabs.remove(tab)
        live.tabs_changed.emit()
        self._sweep()

    def hand_over(self, old_id: str | None, session: Session, browser: str) -> None:
        """The browser, by the id that it had, has a new session.

        The old one's tabs go on with it if it is the same person's, else they end; visitors' pages are told.
        """
        self.visitors.tell(browser, session)
        if old_id is None or (live := self._live.get(old_id)) is None:
            return
        if not live.session.is_same_person(session):
            self.end(old_id, Failure(SubjectMismatch, SubjectMismatch.code, self._clock.now()))
            return
        del self._live[old_id]
        self._kept.pop(old_id, None)
        self._keep(session.id, live)
        self._heirs[old_id] = session.id
        if len(self._heirs) > KEPT:
            del self._heirs[next(iter(self._heirs))]
        live.send(events.SignedInAgain(session))

    def end(self, session_id: str, failure: Failure | None = None) -> None:
        """The session is over, in all its tabs; `failure` is why, None for a logout."""
        self._over[session_id] = failure
        if len(self._over) > KEPT:
            del self._over[next(iter(self._over))]
        self._kept.pop(session_id, None)
        if live := self._live.pop(session_id, None):
            live.send(events.Ended(failure))

    async def without_tab(self, session: Session) -> LiveSession:
        """The live session for whoever has no tab, which is no activity: a request that needs a token.

        Raises `StoreFailed`.
        """
        active_at = await self._store.active_at(session.id) or 0.0
        live = self._live.get(session.id)
        if live is None:
            live = self._make(session)
            self._keep(session.id, live)
            live.state = replace(live.state, active_at=active_at)  # it begins with one
            self._end_if_over(live)
            self._sweep()
        elif session.revision > live.session.revision and live.phase != 'renewing':
            live.send(events.ChangedElsewhere(session))
        return live

    async def end_all(self, issuer: str, subject: str, kind: type[SessionEnded], *, but: str | None = None) -> int:
        """End all sessions of a person, but for the one with the id `but`; how many there were.

        Their tabs in this process are told why (`kind`) at once, those of another one when they next look; their tokens
        are revoked behind that. Raises `StoreFailed`, with none of them ended.
        """
        failure = Failure(kind, kind.code, self._clock.now())
        ended = await self._store.end_all(issuer, subject, Ending(failure.code, failure.at), but=but)
        for session in ended:
            self._ended(session, failure)
        return len(ended)

    async def end_one(self, session_id: str, kind: type[SessionEnded]) -> bool:
        """End one session, as `end_all` does it; whether there was one that was alive. Raises `StoreFailed`."""
        failure = Failure(kind, kind.code, self._clock.now())
        ended = await self._store.end(session_id, Ending(failure.code, failure.at))
        if ended is not None:
            self._ended(ended, failure)
        return ended is not None

    def _ended(self, session: Session, failure: Failure) -> None:
        self.end(session.id, failure)
        self._on_end(session, Ending(failure.code, failure.at))

    def _end_if_over(self, live: LiveSession) -> None:
        if live.session.id in self._over:
            live.send(events.Ended(self._over[live.session.id]))

    def clock_jumped(self) -> None:
        """The wall clock was set, or the machine has slept."""
        for live in tuple(self._live.values()):
            live.clock_jumped()

    async def close(self) -> None:
        """The process ends: renewals that are under way are dropped, the sessions stay."""
        await asyncio.gather(*(live.close() for live in tuple(self._live.values())))

    def _keep(self, session_id: str, live: LiveSession) -> None:
        """As the one that was used last."""
        self._kept.pop(session_id, None)
        self._kept[session_id] = self._live[session_id] = live

    def _sweep(self) -> None:
        """Forget what is over, and what was used longest ago, unless a tab, a renewal or whoever has it needs it."""
        unused = [id for id, live in self._kept.items() if not live.tabs and live.phase != 'renewing']
        over = [id for id in unused if self._kept[id].state.is_over]
        for session_id in {*over, *unused[: max(0, len(unused) - KEPT)]}:
            del self._kept[session_id]
