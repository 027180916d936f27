"""The browser's part in a sign-in or renewal, and the tabs of a session that can play it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..errors import NoBrowser
from ..oidc.authorization import AuthorizationResponse


class UserAgent(Protocol):
    """What can take an authorization request to the provider in a person's browser, as a silent frame does."""

    async def authorize(self, url: str) -> AuthorizationResponse:
        """The response, which nobody has checked yet; raises `NoBrowser` if the browser is or goes away."""


class UserAgents:
    """Asks one tab after the other until one is there to answer: a tab that is closed hands over to the next."""

    def __init__(self) -> None:
        self._agents: list[UserAgent] = []

    def add(self, agent: UserAgent) -> None:
        """Ask this one first from now on: the newest tab is the likeliest to be looked at."""
        self._agents.insert(0, agent)

    def remove(self, agent: UserAgent) -> None:
        self._agents.remove(agent)

    async def authorize(self, url: str) -> AuthorizationResponse:
        """The response, which nobody has checked yet; raises `NoBrowser` if no frame is there."""
        asked: list[UserAgent] = []
        while agent := next((agent for agent in self._agents if agent not in asked), None):
            asked.append(agent)
            try:
                return await agent.authorize(url)
            except NoBrowser:
                continue
        raise NoBrowser('no tab of the session is connected')


class OpenTab(Protocol):
    """A browser tab of a session; `opened_at` in seconds since the epoch.

    `path` is the page that it shows, `is_connected` is false while it is offline.

    `id` is the browser's own for it, which a reload does not change; None until it has connected once.
    """

    id: str | None
    opened_at: float

    @property
    def path(self) -> str: ...

    @property
    def is_connected(self) -> bool: ...


def distinct_tabs(tabs: Sequence[OpenTab]) -> list[OpenTab]:
    """The tabs as a person sees them: one that was loaded anew counts once, as what it is now."""
    latest = {tab.id: tab for tab in tabs if tab.id is not None}
    return [tab for tab in tabs if tab.id is not None and latest[tab.id] is tab]
