"""What every request passes through: plain paths, the path that the app is below, and the security headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import quote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..oidc.provider_client import ProviderClient

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


class BasePath:
    """Lets an app live below the path of BASE_URL, whether the proxy before it takes that path off or leaves it there.

    Inside, requests are as they are without a path; NiceGUI learns of it by `X-Forwarded-Prefix`, which it puts before
    the addresses of what its pages load. It is for an app that `ui.run` serves: below `mount_path` NiceGUI knows. A
    page with the name of the path itself is found where the proxy leaves that there.
    """

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app = app
        self._base_url = base_url
        self._path = urlsplit(base_url).path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._path or scope['type'] not in {'http', 'websocket'}:
            await self._app(scope, receive, send)
        elif scope['path'] == self._path and scope.get('method') in {'GET', 'HEAD'}:
            query = scope['query_string'].decode('latin-1')
            await RedirectResponse(f'{self._base_url}/{"?" if query else ""}{query}')(scope, receive, send)
        else:
            self._take_off(scope)
            await self._app(scope, receive, send)

    def _take_off(self, scope: Scope) -> None:
        """In the scope itself, since NiceGUI looks at it afterwards to say what browsers may keep."""
        path, whole = route_path(scope, self._path), scope['path']
        raw, length = scope.get('raw_path') or quote(whole).encode(), len(whole) - len(path)
        is_plain_start = raw[:length] == whole[:length].encode()  # of which nothing is encoded, though it might be
        headers = [*scope['headers'], (b'x-forwarded-prefix', self._path.encode())]
        scope['raw_path'] = raw[length:] if is_plain_start else quote(path).encode()
        scope.update(path=path, root_path='', headers=headers)


def route_path(scope: Scope, base_path: str = '') -> str:
    """The path of a request below the one that the app is mounted at, if it has that, else below `base_path`.

    A proxy may have taken that off, so what does not begin with it is the path already.
    """
    path: str = scope['path']
    for start in (scope.get('root_path', ''), base_path):
        if start and (path == start or path.startswith(f'{start}/')):
            return path[len(start) :] or '/'
    return path


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


def _addresses(provider: ProviderClient) -> list[str]:
    known = provider.known
    return [provider.issuer, *((known.authorization_endpoint, known.end_session_endpoint or '') if known else ())]


def content_security_policy(providers: Iterable[ProviderClient]) -> str:
    """The policy that NiceGUI needs, and nothing more.

    The silent frame, and the form that logs out, may go to any https site, since providers redirect on to others.
    """
    urls = [url for provider in providers for url in _addresses(provider)]
    origins = sorted({f'{url.scheme}://{url.netloc}' for url in map(urlsplit, urls) if url.scheme == 'http'})
    elsewhere = ' '.join(["'self'", 'https:', *origins])
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: https:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
        f"frame-ancestors 'self'; frame-src {elsewhere}; form-action {elsewhere}"
    )
