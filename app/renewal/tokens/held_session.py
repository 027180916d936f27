"""A session that is in use without a tab: by an endpoint, or by a job in the background."""

from __future__ import annotations

from ...errors import SessionEnded
from ...errors.codes import by_code
from ...sessions.session import Session
from ..live_session import LiveSession
from ..registry import SessionRegistry


class HeldSession:
    """Whoever has this shares the one `LiveSession` of the session, which lives at least as long.

    It goes on with the person's next session where they sign in again in a tab, and ends where that one ends. Using it
    is nothing that the person does.
    """

    def __init__(self, registry: SessionRegistry, session: Session) -> None:
        self._registry = registry
        self._session = session
        self._live: LiveSession | None = None

    @property
    def known(self) -> LiveSession | None:
        """The live session, if there is one here already."""
        if self._live is None:
            self._live = self._registry.get(self._session.id)
        return self._live

    async def live(self) -> LiveSession:
        """The live session, made at first need of what the store has now.

        Raises `SessionEnded`, or what else is known of why it has ended meanwhile, and `StoreFailed`.
        """
        if (live := self.known) is not None:
            return live
        present = await self._registry.present(self._session)
        if present is None or present.ended is not None:
            raise by_code(present.ended.code) if present is not None and present.ended is not None else SessionEnded()
        self._live = await self._registry.without_tab(present)
        return self._live

    async def access_token(self, audience: str | None = None) -> str:
        """See `LiveSession.access_token`; raises what `live` does, too."""
        return await (await self.live()).access_token(audience)
