"""Calling an API in a session's name; the access token is added here, and only for that API's own origin."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import httpx

from ..clock import Clock
from ..errors import ApiSlow, ApiUnreachable, AppError, SettingsError
from ..renewal.live_session import LiveSession
from .answer import MAX_BODY, ApiAnswer, Renewal, readable, without_token
from .www_authenticate import bearer_challenge

DEADLINE = 15.0  # seconds, for a whole call, however slowly it drips
MAX_READ = 60_000  # bytes


class Api:
    """One API, by its base URL; `http` follows no redirects and keeps no cookies.

    Raises `SettingsError` if it is no URL.
    """

    def __init__(self, url: str, http: httpx.AsyncClient, clock: Clock) -> None:
        try:
            httpx.URL(url)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise SettingsError(f'API_URL: cannot be asked: {error}') from error
        self.url = url
        self._http = http
        self._clock = clock

    async def call(
        self, live: LiveSession, method: str, path: str, *, with_token: bool = True, json: Any = None
    ) -> ApiAnswer:
        """The answer to a request at `path` below the API's URL.

        A token near its end is renewed first; a refused one is renewed once, and the call repeated, once.

        Raises `ApiUnreachable`, `ApiSlow`, what `LiveSession.access_token` raises, and `ValueError` for a path that
        leads elsewhere.
        """
        url = self._target(path)
        if not with_token:
            return await self._ask(live, method, url, None, json)
        before = live.session.tokens.access_token
        token = await live.access_token()
        renewal: Renewal = 'none' if token == before else 'first'
        answer = replace(await self._ask(live, method, url, token, json), renewal=renewal)
        if answer.status != 401:
            return answer
        try:
            token = await self._another_token(live, token)
        except AppError as error:
            return replace(answer, renewal='failed', failure=error)
        return replace(await self._ask(live, method, url, token, json), renewal='repeated')

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _another_token(self, live: LiveSession, refused: str) -> str:
        """One that is newer than the refused one, which somebody else may have renewed meanwhile."""
        present = live.session.tokens.access_token
        if present != refused:
            return present
        return (await live.renew()).tokens.access_token

    async def _ask(self, live: LiveSession, method: str, url: httpx.URL, token: str | None, json: Any) -> ApiAnswer:
        headers = {'Accept': 'application/json', 'Accept-Encoding': 'identity'}
        if token is not None:
            headers['Authorization'] = f'Bearer {token}'
        session = live.session
        secret = token or session.tokens.access_token
        began = self._clock.monotonic()
        try:
            async with (
                asyncio.timeout(DEADLINE),
                self._http.stream(method, url, headers=headers, json=json, follow_redirects=False) as response,
            ):
                content, is_cut = await _read(response)
        except (httpx.ReadTimeout, httpx.WriteTimeout, TimeoutError) as error:
            raise ApiSlow(f'{method} {url}: {type(error).__name__}') from error
        except (httpx.RequestError, UnicodeError) as error:
            detail = without_token(str(error), secret)  # it may quote the header
            raise ApiUnreachable(f'{method} {url}: {type(error).__name__} {detail}'.rstrip()) from None
        body = readable(_text(content, response.encoding), secret, is_cut=is_cut)
        challenge = without_token(', '.join(response.headers.get_list('WWW-Authenticate')), secret)
        return ApiAnswer(
            status=response.status_code,
            seconds=self._clock.monotonic() - began,
            content_type=without_token(response.headers.get('Content-Type', ''), secret)[:100],
            body=body,
            is_cut=is_cut or len(body) >= MAX_BODY,
            challenge=bearer_challenge(challenge),
            granted=session.granted,
            sent_token=token is not None,
        )

    def _target(self, path: str) -> httpx.URL:
        """Below the API's URL, and nowhere else."""
        base = httpx.URL(self.url)
        url = httpx.URL(self.url.rstrip('/') + path)
        is_below = url.path.startswith(base.path.rstrip('/') + '/')
        if (url.scheme, url.netloc) != (base.scheme, base.netloc) or not is_below:
            raise ValueError(f'{path!r} leads away from the API')
        return url


async def _read(response: httpx.Response) -> tuple[bytes, bool]:
    """The body, and whether it goes on after what is worth reading."""
    content = b''
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > MAX_READ:
            return content[:MAX_READ], True
    return content, False


def _text(content: bytes, encoding: str | None) -> str:
    """In the encoding that the API names, if it is one of a text."""
    try:
        return content.decode(encoding or 'utf-8', errors='replace')
    except (LookupError, UnicodeError):
        return content.decode('utf-8', errors='replace')
