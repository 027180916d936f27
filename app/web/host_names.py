"""By which names the app is reached, and where its redirects lead."""

from __future__ import annotations

from string import punctuation
from urllib.parse import quote, urlsplit

from starlette.datastructures import URL, Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..settings import LOOPBACK_HOSTS

HEALTH_PATH = '/health'  # who asks for it may know the app by its address only


class HostNames:
    """Answers by the name of BASE_URL only; by another one with 400, websockets too.

    A foreign name that leads here is how another site's page would get to read ours (DNS rebinding). An app that is for
    this machine has all of its names; a browser at another one of them (127.0.0.1 for localhost) is sent to BASE_URL,
    since cookies know one name.
    """

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app = app
        self._base = urlsplit(base_url)
        name = str(self._base.hostname)
        names = LOOPBACK_HOSTS if name in LOOPBACK_HOSTS else {name}
        bracketed = [f'[{name}]' if ':' in name else name for name in names]
        self._trusted = TrustedHostMiddleware(self._to_base_url, bracketed, www_redirect=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_for_anybody = scope['type'] == 'http' and scope['path'] == HEALTH_PATH
        await (self._app if is_for_anybody else self._trusted)(scope, receive, send)

    async def _to_base_url(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_get = scope['type'] == 'http' and scope['method'] in {'GET', 'HEAD'}
        if is_get and (url := URL(scope=scope)).hostname != self._base.hostname:
            there = url.replace(scheme=self._base.scheme, netloc=self._base.netloc)
            await RedirectResponse(there)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def redirect(url: str) -> Response:
    """An answer that leads there by GET, is not kept, and does not tell whoever comes next where it came from."""
    response = RedirectResponse(
        url, status_code=303, headers={'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer'}
    )
    response.headers['Location'] = quote(url, safe=punctuation)  # to the letter: a fragment may mean something
    return response


class OwnRedirects:
    """Makes redirects from BASE_URL that would be made from what the browser sent.

    Starlette makes those to an address with or without a slash at its end from the `Host` header. NiceGUI, which stands
    outside of this, puts an `X-Forwarded-Prefix` before those that begin with a slash, whoever sent it.
    """

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app = app
        self._base = urlsplit(base_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http':
            await self._app(scope, receive, send)
            return
        sent = Headers(scope=scope)  # as it came: what stands inside of this takes some out

        async def send_on(message: Message) -> None:
            if message['type'] == 'http.response.start':
                headers = MutableHeaders(scope=message)
                if (location := headers.get('Location')) is not None and self._is_of(sent, location):
                    parts = urlsplit(location)
                    headers['Location'] = parts._replace(scheme=self._base.scheme, netloc=self._base.netloc).geturl()
            await send(message)

        await self._app(scope, receive, send_on)

    @staticmethod
    def _is_of(sent: Headers, location: str) -> bool:
        """Whether something in the request would decide where the redirect leads."""
        if location.startswith('/') and not location.startswith('//'):
            return 'X-Forwarded-Prefix' in sent
        return urlsplit(location).netloc == sent.get('Host') != ''
