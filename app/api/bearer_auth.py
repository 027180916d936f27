"""A session's access token on the requests of an `httpx` client, as an authentication flow of that library."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Literal

import httpx

from ..errors import AuthError
from ..renewal.live_session import LiveSession
from ..renewal.tokens.held_session import HeldSession

RENEWAL, FAILURE = 'token_renewal', 'token_failure'  # what a response's `extensions` tell of its token
Renewal = Literal['none', 'first', 'repeated', 'failed']


class BearerAuth(httpx.Auth):
    """Adds the access token; where the API refuses it, it is renewed once and the request repeated once.

    The token is for the origin of `url` alone: a request to another one, or an answer that a redirect brought from
    there, is left as it is. `audience` is the API that it is for; None: the session's own. Raises what
    `LiveSession.access_token` raises; a renewal that fails after a refusal is `FAILURE` in the `extensions` of the
    answer, beside `RENEWAL`.
    """

    def __init__(self, session: LiveSession | HeldSession, url: httpx.URL, audience: str | None = None) -> None:
        self._session = session
        self._audience = audience
        self._origin = origin(url)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        if origin(request.url) != self._origin:
            yield request
            return
        live = self._session if isinstance(self._session, LiveSession) else await self._session.live()
        before = live.known_token(self._audience)
        token = await live.access_token(self._audience)
        response = yield authorized(request, token)
        response.extensions[RENEWAL] = 'none' if token == before else 'first'
        if response.status_code != 401 or origin(response.url) != self._origin:
            return
        try:
            token = await live.another_token(token, self._audience)
        except AuthError as error:
            response.extensions |= {RENEWAL: 'failed', FAILURE: error}
            return
        # httpx reads the refused answer to its end before it repeats the request, however long that is.
        if isinstance(response.stream, httpx.AsyncByteStream):  # as an asynchronous client's always is
            await response.stream.aclose()
        response.stream = httpx.ByteStream(b'')
        response = yield authorized(request, token)
        response.extensions[RENEWAL] = 'repeated'


def authorized(request: httpx.Request, token: str) -> httpx.Request:
    """The request, with this token in the place of any other."""
    request.headers['Authorization'] = f'Bearer {token}'
    return request


def origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port; `httpx` knows the default ports as None."""
    return url.scheme, url.host, url.port
