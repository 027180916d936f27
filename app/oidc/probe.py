"""Asking a provider and looking at the whole answer, headers and all; for the doctor, who judges more than content."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import httpx

from ..clock import Clock
from ..errors import ProviderUnreachable
from .http import DEADLINE, MAX_DOCUMENT, bare, read

MAX_STEPS = 8  # redirects that are followed in one walk


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `sent_at` and `received_at`, in seconds since the epoch, are around it by our clock.

    `is_cut`: it goes on after the `MAX_DOCUMENT` bytes that were read.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    text: str = field(repr=False)
    sent_at: float
    received_at: float
    is_cut: bool = False

    def values(self, name: str) -> list[str]:
        """Each value of a header that may be there several times; `name` in lower case."""
        return [value for key, value in self.headers if key == name]

    @property
    def location(self) -> str | None:
        """Where it redirects to, as an absolute URL; None if it does not, or to no URL."""
        if self.status not in {301, 302, 303, 307, 308} or not (values := self.values('location')):
            return None
        try:
            return urljoin(self.url, values[0])
        except ValueError:
            return None

    @property
    def document(self) -> dict[str, Any] | None:
        """The JSON object in it, if it is one."""
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


class Probe:
    """Asks one provider; `replies` are all answers so far, oldest first, and none has a text of `hidden` in it."""

    def __init__(self, client: httpx.AsyncClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self.replies: list[Reply] = []
        self.hidden: frozenset[str] = frozenset()

    async def look(self, method: str, url: str, cookies: httpx.Cookies | None = None, **options: Any) -> Reply:
        """The answer, whatever its status; a redirect is not followed. Raises `ProviderUnreachable`."""
        cookies, sent_at = cookies if cookies is not None else httpx.Cookies(), self._clock.now()
        try:
            async with asyncio.timeout(DEADLINE):
                request = self._client.build_request(method, url, **options)
                cookies.set_cookie_header(request)
                response = await self._client.send(request, stream=True, follow_redirects=False)
                received_at = self._clock.now()
                try:
                    content, is_cut = await read(response, MAX_DOCUMENT)
                finally:
                    await response.aclose()
        except (httpx.RequestError, httpx.InvalidURL, ValueError, TimeoutError) as error:
            raise ProviderUnreachable(f'{method} {bare(url)}: {type(error).__name__} {error}'.rstrip()) from error
        cookies.extract_cookies(response)
        headers = tuple((name.lower(), self._without_hidden(value)) for name, value in response.headers.multi_items())
        text = self._without_hidden(content.decode(errors='replace'))
        self.replies.append(Reply(url, response.status_code, headers, text, sent_at, received_at, is_cut))
        return self.replies[-1]

    async def walk(self, url: str, within: Callable[[str], bool]) -> tuple[Reply, ...]:
        """What a browser with no cookies gets: redirects are followed while `within` says so, cookies kept on the way.

        The last reply redirects only if that leads out, or after `MAX_STEPS`. Raises `ProviderUnreachable`.
        """
        cookies, replies = httpx.Cookies(), list[Reply]()
        while True:
            reply = await self.look('GET', url, cookies, headers={'Accept': 'text/html, */*;q=0.8'})
            replies.append(reply)
            if reply.location is None or not within(reply.location) or len(replies) == MAX_STEPS:
                return tuple(replies)
            url = reply.location

    def _without_hidden(self, text: str) -> str:
        for hidden in self.hidden:
            text = text.replace(hidden, '***')
        return text

    async def close(self) -> None:
        await self._client.aclose()
