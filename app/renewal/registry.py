"""The registry of all sessions that have a tab open in this process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Protocol

from ..sessions.session import Session
from .history import History
from .live_session import LiveSession
from .user_agents import OpenTab

HISTORIES = 1000  # sessions whose history is kept when their last tab is closed; the oldest are forgotten


class MakeLiveSession(Protocol):
    def __call__(self, session: Session, *, history: History) -> LiveSession: ...


class SessionRegistry:
    """One `LiveSession` for each session, from its first tab to its last."""

    def __init__(self, make: MakeLiveSession) -> None:
        self._make = make
        self._renewers: dict[str, LiveSession] = {}
        self._histories: OrderedDict[str, History] = OrderedDict()

    def __iter__(self) -> Iterator[LiveSession]:
        return iter(tuple(self._renewers.values()))

    def open(self, session: Session, tab: OpenTab) -> LiveSession:
        """The session's live_session, for one more tab; each call needs a `leave`."""
        self._sweep()
        live_session = self._renewers.get(session.id)
        if live_session is None:
            live_session = self._renewers[session.id] = self._make(session, history=self._history(session.id))
        elif live_session.state == 'renewing':
            pass  # it has noted something down on its way, and is about to bring a newer one itself
        elif live_session.session.revision < session.revision or live_session.has_given_up():
            live_session.adopt(session)
        live_session.seen()
        live_session.tabs.append(tab)
        live_session.changed.emit()
        return live_session

    def leave(self, live_session: LiveSession, tab: OpenTab) -> None:
        """One tab fewer."""
        live_session.tabs.remove(tab)
        live_session.changed.emit()
        self._sweep()

    def hand_over(self, old_id: str | None, session: Session) -> None:
        """The browser has a new session: the old one's tabs go on with it if it is the same person's, else they end."""
        if old_id is None or (live_session := self._renewers.get(old_id)) is None:
            return
        if live_session.session.subject != session.subject:
            self.end(live_session.session.id)
            return
        del self._renewers[live_session.session.id]
        self._renewers[session.id] = live_session
        self._histories.pop(old_id, None)
        self._histories[session.id] = live_session.history
        live_session.adopt(session)

    async def close(self) -> None:
        """The process ends: renewals that are under way are dropped, the sessions stay."""
        for live_session in list(self._renewers.values()):
            await live_session.close()

    def end(self, session_id: str) -> None:
        """The session is over, in all its tabs."""
        self._histories.pop(session_id, None)
        if live_session := self._renewers.pop(session_id, None):
            live_session.end()

    def _sweep(self) -> None:
        """Forget who has no tab, unless a renewal is under way: a tab that opens now has to share it."""
        for session_id, live_session in list(self._renewers.items()):
            if not live_session.tabs and live_session.state != 'renewing':
                del self._renewers[session_id]
                if live_session.state == 'signed-out':
                    self._histories.pop(session_id, None)

    def _history(self, session_id: str) -> History:
        history = self._histories.setdefault(session_id, History())
        self._histories.move_to_end(session_id)
        while len(self._histories) > HISTORIES:
            self._histories.popitem(last=False)
        return history
