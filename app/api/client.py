"""Calling an API in a session's name; the access token is added here, and only for that API's own origin."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from ..errors import ApiSlow, ApiUnreachable, SettingsError
from ..oidc.http import read
from ..renewal.live_session import LiveSession
from .answer import MAX_BODY, ApiAnswer, readable, without_token
from .bearer_auth import FAILURE, RENEWAL, BearerAuth
from .www_authenticate import bearer_challenge

DEADLINE = 30.0  # seconds, for a whole call with its renewal, however slowly it drips
MAX_READ = 60_000  # bytes, after decompression
HEADERS = {'Accept': 'application/json', 'Accept-Encoding': 'identity'}


class Api:
    """Calls the API at a base URL; `http` keeps no cookies.

    Raises `SettingsError` if it is no URL.
    """

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        try:
            httpx.URL(url)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise SettingsError(f'API_URL: cannot be asked: {error}') from error
        self.url = url
        self._http = http

    async def call(
        self, live: LiveSession, method: str, path: str, *, with_token: bool = True, json: Any = None
    ) -> ApiAnswer:
        """The answer to a request at `path` below the API's URL; a refused token is renewed, and the call repeated.

        Raises `ApiUnreachable`, `ApiSlow`, what `LiveSession.access_token` raises, and `ValueError` for a path that
        leads elsewhere.
        """
        request = self._http.build_request(method, self._target(path), headers=HEADERS, json=json)
        auth = BearerAuth(live, request.url) if with_token else None
        try:
            async with asyncio.timeout(DEADLINE):
                response = await self._http.send(request, auth=auth, stream=True, follow_redirects=False)
                try:
                    content, is_cut = await read(response, MAX_READ)
                finally:
                    await response.aclose()
        except (httpx.ReadTimeout, httpx.WriteTimeout, TimeoutError) as error:
            raise ApiSlow(f'{method} {request.url}: {type(error).__name__}') from error
        except (httpx.RequestError, UnicodeError) as error:
            detail = without_token(str(error), _token(request, live))  # it may quote the header
            raise ApiUnreachable(f'{method} {request.url}: {type(error).__name__} {detail}'.rstrip()) from None
        return _answer(response, content, is_cut, _token(request, live), live.session.granted)

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    def _target(self, path: str) -> httpx.URL:
        """Below the API's URL, and nowhere else."""
        base = httpx.URL(self.url)
        url = httpx.URL(self.url.rstrip('/') + path)
        is_below = url.path.startswith(base.path.rstrip('/') + '/')
        if (url.scheme, url.netloc) != (base.scheme, base.netloc) or not is_below:
            raise ValueError(f'{path!r} leads away from the API')
        return url


def _token(request: httpx.Request, live: LiveSession) -> str:
    """The token that was sent, else the one that might be known there all the same: it is not to be shown."""
    return request.headers.get('Authorization', '').removeprefix('Bearer ') or live.session.tokens.access_token


def _answer(response: httpx.Response, content: bytes, is_cut: bool, token: str, granted: frozenset[str]) -> ApiAnswer:
    body = readable(_text(content, response.encoding), token, is_cut=is_cut)
    challenge = without_token(', '.join(response.headers.get_list('WWW-Authenticate')), token)
    return ApiAnswer(
        status=response.status_code,
        seconds=response.elapsed.total_seconds(),
        content_type=without_token(response.headers.get('Content-Type', ''), token)[:100],
        body=body,
        is_cut=is_cut or len(body) >= MAX_BODY,
        challenge=bearer_challenge(challenge),
        granted=granted,
        sent_token='Authorization' in response.request.headers,
        renewal=response.extensions.get(RENEWAL, 'none'),
        failure=response.extensions.get(FAILURE),
    )


def _text(content: bytes, encoding: str | None) -> str:
    """In the encoding that the API names, if it is one of a text."""
    try:
        return content.decode(encoding or 'utf-8', errors='replace')
    except (LookupError, UnicodeError):
        return content.decode('utf-8', errors='replace')
