"""What every request passes through: plain paths, and the security headers."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..oidc.provider import Provider

MAX_PATH, MAX_DEPTH = 2000, 16  # characters, slashes


class PlainPaths:
    """Refuses paths that no page has, and the header with which anybody could put something before ours.

    NiceGUI takes time that grows with the square of a path's length, and believes `X-Forwarded-Prefix`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] == 'http':
            if not is_plain(scope['path']):
                await PlainTextResponse('The address is too long.', status_code=414)(scope, receive, send)
                return
            scope['headers'] = [(name, value) for name, value in scope['headers'] if name != b'x-forwarded-prefix']
        await self._app(scope, receive, send)


def is_plain(path: object) -> bool:
    """Whether it is worth looking for a page with this path, which the browser chose."""
    return isinstance(path, str) and len(path) <= MAX_PATH and path.count('/') <= MAX_DEPTH


class SecurityHeaders:
    """Adds a Content Security Policy and its companions, unless the answer has its own."""

    def __init__(self, app: ASGIApp, policy: Callable[[], str]) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message['type'] == 'http.response.start':
                headers = MutableHeaders(scope=message)
                headers.setdefault('Content-Security-Policy', self._policy())
                headers.setdefault('Referrer-Policy', 'same-origin')
                headers.setdefault('X-Content-Type-Options', 'nosniff')
            await send(message)

        await self._app(scope, receive, send_with_headers if scope['type'] == 'http' else send)


def content_security_policy(provider: Provider) -> str:
    """The policy that NiceGUI needs, and nothing more.

    The silent frame, and the form that logs out, may go to any https site, since providers redirect on to others.
    """
    known = provider.known
    urls = [provider.issuer, *((known.authorization_endpoint, known.end_session_endpoint or '') if known else ())]
    origins = sorted({f'{url.scheme}://{url.netloc}' for url in map(urlsplit, urls) if url.scheme == 'http'})
    elsewhere = ' '.join(["'self'", 'https:', *origins])
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: https:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
        f"frame-ancestors 'self'; frame-src {elsewhere}; form-action {elsewhere}"
    )
