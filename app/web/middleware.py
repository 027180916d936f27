"""What every request passes through: one host name, and the security headers."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import URL, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..oidc.provider import Provider
from ..settings import LOOPBACK_HOSTS

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


class OneLoopbackHost:
    """Keeps an app that is for this machine to its own names.

    A browser at another one of them (127.0.0.1 for localhost) is sent to BASE_URL, since cookies know one name. A
    foreign name that leads here is refused: that is how another site's page would get to read ours (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app = app
        self._base = urlsplit(base_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] not in {'http', 'websocket'} or scope['path'] == '/health' or not self._is_loopback:
            await self._app(scope, receive, send)
        elif (host := URL(scope=scope).hostname) not in LOOPBACK_HOSTS:
            await _refuse(scope, receive, send)
        elif scope['type'] == 'http' and scope['method'] == 'GET' and host != self._base.hostname:
            url = URL(scope=scope).replace(scheme=self._base.scheme, netloc=self._base.netloc)
            await RedirectResponse(url)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    @property
    def _is_loopback(self) -> bool:
        return self._base.hostname in LOOPBACK_HOSTS


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope['type'] == 'websocket':
        await send({'type': 'websocket.close', 'code': 1008})
    else:
        answer = PlainTextResponse(
            'This app is for the machine that it runs on, by the name of BASE_URL.', status_code=421
        )
        await answer(scope, receive, send)


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
