"""Requests that a browser makes before anybody has clicked, in case they will.

No step of signing in or out is taken for them. They are answered by an error, which a browser throws away: it asks
again when the click comes (a prefetch counts only with an ok status, and 204 is one).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.datastructures import Headers, URLPath
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send

# `Sec-Purpose` may have parameters (`prefetch;prerender`); the others are of older browsers.
NAMES = ('Sec-Purpose', 'Purpose', 'X-Purpose', 'X-Moz')
EARLY = frozenset({'prefetch', 'prerender', 'preview'})


def is_prefetch(headers: Mapping[str, str]) -> bool:
    """Whether the browser asks in advance, so that nobody wants anything yet."""
    return any(not EARLY.isdisjoint(_words(headers.get(name, ''))) for name in NAMES)


class InAdvance(BaseRoute):
    """Answers `GET` at these paths where it is asked in advance; to stand before their own routes."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._steps = [Route(path, _not_in_advance, methods=['GET']) for path in paths]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope['type'] == 'http' and is_prefetch(Headers(scope=scope)):
            for step in self._steps:
                match, found = step.matches(scope)
                if match is Match.FULL:
                    return match, found
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await _not_in_advance(Request(scope))
        await response(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        raise NoMatchFound(name, path_params)


async def _not_in_advance(_: Request) -> Response:
    return PlainTextResponse('Not in advance.', 503, headers={'Cache-Control': 'no-store'})


def _words(value: str) -> set[str]:
    return {word.strip().lower() for word in value.replace(',', ';').split(';')}
