"""The renewers of all sessions that have a tab open in this process."""

from __future__ import annotations

from collections.abc import Callable

from app.renewal.renewer import Renewer
from app.sessions.session import Session


class Renewers:
    """One `Renewer` for each session, from its first tab to its last."""

    def __init__(self, make: Callable[[Session], Renewer]) -> None:
        self._make = make
        self._renewers: dict[str, Renewer] = {}
        self._tabs: dict[Renewer, int] = {}

    def open(self, session: Session) -> Renewer:
        """The session's renewer, for one more tab; each call needs a `leave`."""
        self._sweep()
        renewer = self._renewers.get(session.id)
        if renewer is None:
            renewer = self._renewers[session.id] = self._make(session)
        elif renewer.state == 'renewing':
            pass  # it has noted something down on its way, and is about to bring a newer one itself
        elif renewer.session.revision < session.revision or renewer.has_given_up():
            renewer.adopt(session)
        renewer.seen()
        self._tabs[renewer] = self._tabs.get(renewer, 0) + 1
        return renewer

    def leave(self, renewer: Renewer) -> None:
        """One tab fewer."""
        self._tabs[renewer] -= 1
        if self._tabs[renewer] == 0:
            del self._tabs[renewer]
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
        renewer.adopt(session)

    async def close(self) -> None:
        """The process ends: renewals that are under way are dropped, the sessions stay."""
        for renewer in list(self._renewers.values()):
            await renewer.close()

    def end(self, session_id: str) -> None:
        """The session is over, in all its tabs."""
        if renewer := self._renewers.pop(session_id, None):
            renewer.end()

    def _sweep(self) -> None:
        """Forget who has no tab, unless a renewal is under way: a tab that opens now has to share it."""
        self._renewers = {
            session_id: renewer
            for session_id, renewer in self._renewers.items()
            if renewer in self._tabs or renewer.state == 'renewing'
        }
