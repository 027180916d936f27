"""What the demo provider can be made to do wrong, so that one can watch what an app does about it.

A fault that lasts holds until another one, or none, is chosen; the others happen once.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from urllib.parse import parse_qs

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ..clock import Clock

DELAY = 4.5  # seconds that a slow endpoint takes
RETRY_AFTER = 5  # seconds that a rate limit wants to be left alone


class Lasting(StrEnum):
    """How the provider behaves until something else is chosen."""

    WELL = 'well'
    DOWN = 'down'
    SLOW = 'slow'
    RATE_LIMITING = 'rate-limiting'
    COOKIES_WITHHELD = 'cookies-withheld'


class Overrides:
    """The fault that is on now; who watches is called when it changes."""

    def __init__(self) -> None:
        self.lasting = Lasting.WELL
        self._watchers: set[Callable[[], None]] = set()

    def choose(self, lasting: Lasting) -> None:
        """Let the provider behave like this from now on."""
        self.lasting = lasting
        for watcher in list(self._watchers):
            watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        self._watchers.add(watcher)

    def unwatch(self, watcher: Callable[[], None]) -> None:
        self._watchers.discard(watcher)


class Faulty:
    """The provider, an ASGI app, with the fault that is on now."""

    def __init__(self, provider: ASGIApp, overrides: Overrides, clock: Clock) -> None:
        self._provider = provider
        self._overrides = overrides
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault, path = self._overrides.lasting, scope['path'].removeprefix(scope.get('root_path', ''))
        if fault is Lasting.SLOW and path in {'/authorize', '/token'}:
            await self._clock.sleep(DELAY)
        if fault is Lasting.COOKIES_WITHHELD and path == '/authorize' and _is_silent(scope):
            scope = {**scope, 'headers': [pair for pair in scope['headers'] if pair[0] != b'cookie']}
        app = _refusal(fault, path) or self._provider
        await app(scope, receive, send)


def _refusal(fault: Lasting, path: str) -> Response | None:
    if fault is Lasting.DOWN:
        text = 'The demo provider is down: somebody chose so under "What if?" in the app, and can end it there.'
        return PlainTextResponse(text, status_code=503)
    if fault is Lasting.RATE_LIMITING and path == '/token':
        return JSONResponse({'error': 'slow_down'}, status_code=429, headers={'Retry-After': str(RETRY_AFTER)})
    return None


def _is_silent(scope: Scope) -> bool:
    """Whether nobody sees it: it says so itself, or it was pushed, and comes in a frame (Fetch Metadata §2.1)."""
    query = parse_qs(scope['query_string'].decode('latin-1'))
    in_frame = (b'sec-fetch-dest', b'iframe') in scope['headers']
    return in_frame or any('none' in value.split() for value in query.get('prompt', []))
