"""UserAgents that answer as a test wants."""

from __future__ import annotations

import asyncio

from app.errors import AuthError
from app.oidc.authorization import AuthorizationResponse
from app.renewal.user_agents import UserAgent


class SlowFrame:
    """A frame whose answer comes when the test says so."""

    def __init__(self, frame: UserAgent) -> None:
        self._frame = frame
        self.release = asyncio.Event()

    async def authorize(self, url: str) -> AuthorizationResponse:
        response = await self._frame.authorize(url)
        await self.release.wait()
        return response


class FailingFrame:
    """A frame in which every renewal fails; it counts how often it was asked."""

    def __init__(self, error: AuthError) -> None:
        self._error = error
        self.asked = 0

    async def authorize(self, url: str) -> AuthorizationResponse:
        self.asked += 1
        raise self._error


class AnsweringFrame:
    """A frame that answers with these errors, and then like another one.

    Each error comes with the `state` that it was asked with, and in these `words`.
    """

    def __init__(self, frame: UserAgent, *errors: str, words: str = '') -> None:
        self._frame = frame
        self._errors = list(errors)
        self._words = words
        self.urls: list[str] = []

    async def authorize(self, url: str) -> AuthorizationResponse:
        self.urls.append(url)
        if not self._errors:
            return await self._frame.authorize(url)
        state = url.split('state=')[1].split('&')[0]
        return AuthorizationResponse(error=self._errors.pop(0), error_description=self._words, state=state)
