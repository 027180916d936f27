"""The system's browser, where people sign in with NATIVE_LOGIN=browser (RFC 8252)."""

from __future__ import annotations

import asyncio
import logging
import secrets
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from ..errors import NoSystemBrowser, SignInExpired
from ..oidc.authorization import AuthorizationResponse
from ..sessions.pending_authorization import AUTHORIZATION_LIFETIME

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds after which a browser that has not said no counts as open


class SystemBrowser:
    """The one that the person uses anyway, and may be signed in with (RFC 8252 §4.1): a `UserAgent` that is seen.

    `open_url` is told an address, and says whether it could be opened; it may take as long as it likes. The address is
    `ticket_url` with a ticket, which leads on once: everybody on the machine sees what programs are started with.
    """

    def __init__(self, ticket_url: str, open_url: Callable[[str], bool] = webbrowser.open) -> None:
        self._ticket_url = ticket_url
        self._open_url = open_url
        self._tickets: dict[str, str] = {}
        self._waiting: dict[str, asyncio.Future[AuthorizationResponse]] = {}

    async def authorize(self, url: str) -> AuthorizationResponse:
        """The response, as it came to the callback; nobody has checked it yet.

        Raises `NoSystemBrowser` if there is none, `SignInExpired` if none came for as long as a sign-in may take.
        """
        state = parse_qs(urlsplit(url).query)['state'][-1]
        response: asyncio.Future[AuthorizationResponse] = asyncio.get_running_loop().create_future()
        self._waiting[state] = response
        try:
            await self.show(url)
            async with asyncio.timeout(AUTHORIZATION_LIFETIME):
                return await response
        except TimeoutError as error:
            raise SignInExpired('the browser of the system has not come back') from error
        finally:
            del self._waiting[state]

    def answer(self, response: AuthorizationResponse) -> bool:
        """Hand over what came to the callback; false if nobody waits for it here (any more)."""
        waiting = self._waiting.get(response.state or '')
        if waiting is None or waiting.done():
            return False
        waiting.set_result(response)
        return True

    def redeem(self, ticket: str) -> str | None:
        """The address that the ticket leads to, once."""
        return self._tickets.pop(ticket, None)

    async def show(self, url: str) -> None:
        """Open the address there. Raises `NoSystemBrowser` if there is none."""
        ticket, loop = secrets.token_urlsafe(32), asyncio.get_running_loop()
        self._tickets[ticket] = url
        opened: asyncio.Future[bool] = loop.create_future()

        def tell(is_open: bool) -> None:
            if not opened.done():
                opened.set_result(is_open)

        def open_it() -> None:
            try:
                is_open = self._open_url(f'{self._ticket_url}/{ticket}')
            except (OSError, ValueError, webbrowser.Error) as error:  # a browser that somebody described wrongly
                log.warning('the browser of the system cannot be opened: %s', error)
                is_open = False
            with suppress(RuntimeError):  # the loop is closed: the app has ended meanwhile
                loop.call_soon_threadsafe(tell, is_open)

        Thread(target=open_it, name='system browser', daemon=True).start()
        await asyncio.wait([opened], timeout=PATIENCE)  # some return only when they are closed
        if opened.done() and not opened.result():
            raise NoSystemBrowser
