"""The silent frames of all tabs of one session, as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..errors import NoBrowser
from ..oidc.authorization import AuthorizationResponse


class UserAgent(Protocol):
    """Something that can take an authorization URL to the provider in a person's browser, unseen."""

    async def authorize(self, url: str) -> AuthorizationResponse:
        """The response, which nobody has checked yet; raises `NoBrowser` if the browser is or goes away."""


class UserAgents:
    """Asks one frame after the other until one is there to answer: a tab that is closed hands over to the next."""

    def __init__(self) -> None:
        self._frames: list[UserAgent] = []

    def add(self, frame: UserAgent) -> None:
        """One more, to be asked first: the newest tab is the likeliest to be looked at."""
        self._frames.insert(0, frame)

    def remove(self, frame: UserAgent) -> None:
        self._frames.remove(frame)

    async def authorize(self, url: str) -> AuthorizationResponse:
        """The response, which nobody has checked yet; raises `NoBrowser` if no frame is there."""
        asked: list[UserAgent] = []
        while frame := next((frame for frame in self._frames if frame not in asked), None):
            asked.append(frame)
            try:
                return await frame.authorize(url)
            except NoBrowser:
                continue
        raise NoBrowser('no tab of the session is connected')


class OpenTab(Protocol):
    """`opened_at` in seconds since the epoch; `path` is the page that it shows, `is_connected` false while offline.

    `id` is the browser's own for it, which a reload does not change; None until it has connected once.
    """

    id: str | None
    opened_at: float

    @property
    def path(self) -> str: ...

    @property
    def is_connected(self) -> bool: ...


def present(tabs: Sequence[OpenTab]) -> list[OpenTab]:
    """The tabs as a person sees them: one that was loaded anew counts once, as what it is now."""
    latest = {tab.id: tab for tab in tabs if tab.id is not None}
    return [tab for tab in tabs if tab.id is not None and latest[tab.id] is tab]
