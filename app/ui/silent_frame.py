"""The hidden iframe in a person's page, and the bridge to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nicegui import background_tasks, ui

from ..errors import FrameBlocked, InvalidResponse, NoBrowser, SilentTimeout
from ..oidc.authorization import AuthorizationResponse, parse_authorization_response

BRIDGE_ALLOWANCE = 2.0  # seconds that the answer may take from the browser to us


class SilentFrame(ui.element, component='silent_frame.js'):
    """The hidden iframe of one page, a `UserAgent`; `seconds` is how long the provider may take.

    `on_awake` is called when the browser says that it is online again, or that somebody looks at the page again;
    `on_active` when somebody does something, at most every ten seconds; without it the browser reports none.
    """

    def __init__(
        self,
        seconds: float,
        on_awake: Callable[[], None] | None = None,
        on_active: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self._seconds = seconds
        self._asking: asyncio.Task[Any] | None = None
        self.client.on_disconnect(self._give_up)
        if on_awake:
            self.on('awake', on_awake, args=[])
        self.props['reports-activity'] = on_active is not None
        if on_active:
            self.on('active', on_active, args=[])

    async def authorize(self, url: str) -> AuthorizationResponse:
        """What the provider answered to the request, exactly as the browser tells it: not to be believed yet.

        Raises `NoBrowser` if the page is not connected or goes away, `SilentTimeout` if no answer came in time,
        `FrameBlocked` if the page's own policy forbids the frame (CSP Level 3 §6.4.2.1), and `InvalidResponse` if it is
        no response at all.
        """
        if not self.client.has_socket_connection:
            raise NoBrowser('the page is not connected')
        asking = self._asking = background_tasks.create(self._ask(url), name='silent frame', handle_exceptions=False)
        try:
            answer = await asyncio.shield(asking)
        except TimeoutError as error:
            raise NoBrowser('the page did not answer') from error
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if asking.cancelled() and not (caller and caller.cancelling()):
                raise NoBrowser('the page went away') from None
            asking.cancel()
            raise
        if answer is None:
            raise SilentTimeout(f'no answer in {self._seconds:g} s')
        if not isinstance(answer, dict):
            raise InvalidResponse('the silent frame answered with something else than a response')
        if answer.get('blocked'):
            raise FrameBlocked('the Content-Security-Policy of the page has no frame-src for the provider')
        response = parse_authorization_response(str(answer.get('query', '')), str(answer.get('fragment', '')))
        return replace(response, landed_at=str(answer.get('path', '')))

    async def _ask(self, url: str) -> Any:
        limit = self._seconds + BRIDGE_ALLOWANCE
        async with asyncio.timeout(limit):
            return await self.run_method('authorize', url, self._seconds, timeout=limit)

    def _give_up(self) -> None:
        """The connection is lost, and with it the answer; another tab may be there to ask.

        Not so if the page has reconnected already, and it is only the old socket that is cleared away.
        """
        if self._asking is not None and not self.client.has_socket_connection:
            self._asking.cancel()
