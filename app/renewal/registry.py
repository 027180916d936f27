"""All sessions that have a tab open in this process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Protocol

from ..clock import Clock
from ..errors import SubjectMismatch
from ..sessions.session import Ending, Session
from ..sessions.store import SessionStore
from . import events, machine
from .events import Failure
from .history import History
from .live_session import LiveSession
from .state import Rules
from .user_agents import OpenTab

HISTORIES = 1000  # sessions whose history is kept when their last tab is closed; the oldest are forgotten


class MakeLiveSession(Protocol):
    def __call__(self, session: Session, *, history: History) -> LiveSession: ...


class SessionRegistry:
    """One `LiveSession` for each session, from its first tab to its last; it passes events on, and decides nothing."""

    def __init__(self, make: MakeLiveSession, store: SessionStore, clock: Clock, rules: Rules) -> None:
        self._make = make
        self._store = store
        self._clock = clock
        self._rules = rules
        self._live: dict[str, LiveSession] = {}
        self._histories: OrderedDict[str, History] = OrderedDict()

    def __iter__(self) -> Iterator[LiveSession]:
        return iter(tuple(self._live.values()))

    async def present(self, session: Session, *, browser: str, heir: str) -> Session | None:
        """The session of a person who opens a page now: one that is over says so (`ended`); None if it is gone.

        If it ends here, `browser` gets the id `heir` with its end. Raises `StoreFailed` if nobody can say.
        """
        live, now = self._live.get(session.id), self._clock.now()
        active_at = await self._store.active_at(session.id) or 0.0
        state = live.state if live else machine.begin(session, self._rules, now, active_at)
        _, effects = machine.step(state, events.Opened(session, active_at), now)
        for effect in effects:
            if isinstance(effect, events.MarkEnded):
                ending = Ending(effect.failure.code, effect.failure.at)
                await self._store.end(session.id, ending, browser=browser, heir=heir)
                self.end(session.id, effect.failure)
            elif isinstance(effect, events.NoteActivity):
                await self._store.touch(session.id, effect.at)
        return await self._store.load(session.id) if effects else session  # it may have been logged out meanwhile

    def open(self, session: Session, tab: OpenTab) -> LiveSession:
        """The live session, for one more tab; each call needs a `leave`."""
        self._sweep()
        live = self._live.get(session.id)
        if live is None:
            live = self._live[session.id] = self._make(session, history=self._history(session.id))
        live.send(events.Opened(session))
        live.tabs.append(tab)
        live.tabs_changed.emit()
        return live

    def leave(self, live: LiveSession, tab: OpenTab) -> None:
        """One tab fewer."""
        live.tabs.remove(tab)
        live.tabs_changed.emit()
        self._sweep()

    def hand_over(self, old_id: str | None, session: Session) -> None:
        """The browser has a new session: the old one's tabs go on with it if it is the same person's, else they end."""
        if old_id is None or (live := self._live.get(old_id)) is None:
            return
        if not live.session.is_same_person(session):
            self.end(old_id, Failure(SubjectMismatch, SubjectMismatch.code, self._clock.now()))
            return
        del self._live[old_id]
        self._live[session.id] = live
        self._histories.pop(old_id, None)
        self._histories[session.id] = live.history
        live.send(events.SignedInAgain(session))

    def end(self, session_id: str, failure: Failure | None = None) -> None:
        """The session is over, in all its tabs; `failure` is why, None for a logout."""
        self._histories.pop(session_id, None)
        if live := self._live.pop(session_id, None):
            live.send(events.Ended(failure))

    def clock_jumped(self) -> None:
        """The wall clock was set, or the machine has slept."""
        for live in self:
            live.clock_jumped()

    async def close(self) -> None:
        """The process ends: renewals that are under way are dropped, the sessions stay."""
        for live in self:
            await live.close()

    def _sweep(self) -> None:
        """Forget who has no tab, unless a renewal is under way: a tab that opens now has to share it."""
        for session_id, live in list(self._live.items()):
            if not live.tabs and live.phase != 'renewing':
                del self._live[session_id]
                if live.phase == 'signed-out':
                    self._histories.pop(session_id, None)

    def _history(self, session_id: str) -> History:
        history = self._histories.setdefault(session_id, History())
        self._histories.move_to_end(session_id)
        while len(self._histories) > HISTORIES:
            self._histories.popitem(last=False)
        return history
