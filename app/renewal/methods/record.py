"""What the store has of a session while it is being renewed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from ...errors import SessionEnded, StoreFailed
from ...errors.codes import by_code
from ...oidc.tokens import UncheckedTokens
from ...sessions.session import Ending, Session
from ...sessions.store import SessionStore

log = logging.getLogger(__name__)
Change = Callable[[Session], Session]


class Record:
    """The session as the store has it, and what is to be written there.

    `unwritten` is a change that the store could not be told: the renewal after this one has to begin with it. `sending`
    is the request with a refresh token that is under way: it goes on when the renewal is dropped, since its answer has
    to be kept.
    """

    def __init__(self, session: Session, store: SessionStore, unwritten: Change | None = None) -> None:
        self.session = session
        self.unwritten = unwritten
        self.sending: asyncio.Task[UncheckedTokens] | None = None
        self._store = store

    async def catch_up(self) -> None:
        """Write what an earlier renewal could not write; raises `StoreFailed` if that is still so."""
        if self.unwritten is not None:
            await self.write(self.unwritten)

    async def look_again(self) -> None:
        """Whoever has sent the refresh token may have got its answer since."""
        if self.session.refresh_sent_at is None:
            return
        latest = _alive(await self._store.load(self.session.id))
        if latest.revision > self.session.revision:
            self.session = latest

    async def note(self, change: Change) -> None:
        """Write it down before anything else is done, if not now: what has failed says more than that a store did."""
        try:
            await self.write(change)
        except StoreFailed:
            log.exception('what became of a renewal could not be written down')

    async def write(self, change: Change) -> None:
        """Have the store know this, whatever others put there meanwhile; raises `StoreFailed`, and leaves it to do."""
        self.unwritten = change
        changed = change(self.session)
        while (kept := await self.kept(changed)) is not changed:
            self.session, changed = kept, change(kept)
        self.session, self.unwritten = changed, None

    async def kept(self, session: Session) -> Session:
        """The session that the store has now: this one, or the one that somebody else put there first.

        Raises `SessionEnded` if it was logged out meanwhile.
        """
        if await self._store.replace(self.session, session):
            return session
        return _alive(await self._store.load(session.id))


def _alive(session: Session | None) -> Session:
    """The session; raises why it ended while it was being renewed, as far as that is known."""
    if session is None or session.ended is not None:
        raise _ending(session.ended if session else None)
    return session


def _ending(ended: Ending | None) -> SessionEnded:
    why = by_code(ended.code) if ended else None
    return why if isinstance(why, SessionEnded) else SessionEnded('the session ended while it was being renewed')
