"""The renewers of all sessions that have a tab open in this process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Protocol

from ..sessions.session import Session
from .history import History
from .live_session import Renewer
from .user_agents import OpenTab

HISTORIES = 1000  # sessions whose history is kept when their last tab is closed; the oldest are forgotten


class MakeRenewer(Protocol):
    def __call__(self, session: Session, *, history: History) -> Renewer: ...


class Renewers:
    """One `Renewer` for each session, from its first tab to its last."""

    def __init__(self, make: MakeRenewer) -> None:
        self._make = make
        self._renewers: dict[str, Renewer] = {}
        self._histories: OrderedDict[str, History] = OrderedDict()

    def __iter__(self) -> Iterator[Renewer]:
        return iter(tuple(self._renewers.values()))

    def open(self, session: Session, tab: OpenTab) -> Renewer:
        """The session's renewer, for one more tab; each call needs a `leave`."""
        self._sweep()
        renewer = self._renewers.get(session.id)
        if renewer is None:
            renewer = self._renewers[session.id] = self._make(session, history=self._history(session.id))
        elif renewer.state == 'renewing':
            pass  # it has noted something down on its way, and is about to bring a newer one itself
        elif renewer.session.revision < session.revision or renewer.has_given_up():
            renewer.adopt(session)
        renewer.seen()
        renewer.tabs.append(tab)
        renewer.changed.emit()
        return renewer

    def leave(self, renewer: Renewer, tab: OpenTab) -> None:
        """One tab fewer."""
        renewer.tabs.remove(tab)
        renewer.changed.emit()
        self._sweep()

    def hand_over(self, old_id: str | None, session: Session) -> None:
        """The browser has a new session: the old one's tabs go on with it if it is the same person's, else they end."""
        if old_id is None or (renewer := self._renewers.get(old_id)) is None:
            return
        if renewer.session.subject != session.subject:
            self.end(renewer.session.id)
            return
        del self._renewers[renewer.session.id]
        self._renewers[session.id] = renewer
        self._histories.pop(old_id, None)
        self._histories[session.id] = renewer.history
        renewer.adopt(session)

    async def close(self) -> None:
        """The process ends: renewals that are under way are dropped, the sessions stay."""
        for renewer in list(self._renewers.values()):
            await renewer.close()

    def end(self, session_id: str) -> None:
        """The session is over, in all its tabs."""
        self._histories.pop(session_id, None)
        if renewer := self._renewers.pop(session_id, None):
            renewer.end()

    def _sweep(self) -> None:
        """Forget who has no tab, unless a renewal is under way: a tab that opens now has to share it."""
        for session_id, renewer in list(self._renewers.items()):
            if not renewer.tabs and renewer.state != 'renewing':
                del self._renewers[session_id]
                if renewer.state == 'signed-out':
                    self._histories.pop(session_id, None)

    def _history(self, session_id: str) -> History:
        history = self._histories.setdefault(session_id, History())
        self._histories.move_to_end(session_id)
        while len(self._histories) > HISTORIES:
            self._histories.popitem(last=False)
        return history
