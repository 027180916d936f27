"""The hidden iframe in a person's page, and the bridge to it."""

from __future__ import annotations

import asyncio
from typing import Protocol

from nicegui import ui

from app.errors import FrameSilent, InvalidResponse, NoBrowser
from app.oidc.authorization import AuthorizationResponse, parse_authorization_response

BRIDGE_ALLOWANCE = 2.0  # seconds that the answer may take from the browser to us


class Frame(Protocol):
    """Something that can take an authorization URL to the provider in a person's browser, unseen."""

    async def authorize(self, url: str) -> AuthorizationResponse:
        """The response, which nobody has checked yet."""


class SilentFrame(ui.element, component='silent_frame.js'):
    """The hidden iframe of one page; `seconds` is how long the provider may take."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    async def authorize(self, url: str) -> AuthorizationResponse:
        """What the provider answered to the request, exactly as the browser tells it: not to be believed yet.

        Raises `NoBrowser` if the page is not connected or goes away, `FrameSilent` if no answer came in time, and
        `InvalidResponse` if it is no response at all.
        """
        if not self.client.has_socket_connection:
            raise NoBrowser('the page is not connected')
        limit = self._seconds + BRIDGE_ALLOWANCE
        try:
            async with asyncio.timeout(limit):
                answer = await self.run_method('authorize', url, self._seconds, timeout=limit)
        except TimeoutError as error:
            raise NoBrowser('the page did not answer') from error
        if self.is_deleted or self.client.is_deleted:
            raise NoBrowser('the page was closed')
        if answer is None:
            raise FrameSilent(f'no answer in {self._seconds:g} s')
        if not isinstance(answer, dict):
            raise InvalidResponse('the silent frame answered with something else than a response')
        return parse_authorization_response(str(answer.get('query', '')), str(answer.get('fragment', '')))
