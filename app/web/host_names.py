"""By which names the app is reached, and where its redirects lead."""

from __future__ import annotations

import logging
from string import punctuation
from urllib.parse import quote, urlsplit

from starlette.datastructures import URL, Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import DefinitiveError
from ..settings import LOOPBACK_HOSTS, Settings
from ..texts import texts
from .middleware import route_path

log = logging.getLogger(__name__)

HEALTH_PATH = '/health'  # who asks for it may know the app by its address only
MOVED = 'moved'  # a parameter: it came here from another name of this machine
TOLD_AT_MOST = 20  # addresses; anybody can make them up


class AnotherAddress(DefinitiveError):
    code = 'another_address'
    title = 'This app is to be opened at another address'
    advice = 'Sign-ins end there, where your browser would not be known again. Open the app at its own address.'

    @classmethod
    def than(cls, base_url: str, seen: str) -> AnotherAddress:
        """The error for a sign-in that begins at `seen`, a `Host` header, in an app that is at `base_url`."""
        advice = texts.say('another_address_advice', seen=seen, base_url=base_url)
        return cls(f'asked for at {seen!r}', advice=advice)


class HostNames:
    """Answers by the name of BASE_URL only; by another one with 400, websockets too.

    A foreign name that leads here is how another site's page would get to read ours (DNS rebinding). An app that is for
    this machine has all of its names; a browser at another one of them (127.0.0.1 for localhost) is sent to BASE_URL,
    since cookies know one name.
    """

    def __init__(self, app: ASGIApp, base_url: str, health_path: str = HEALTH_PATH) -> None:
        self._app = app
        self._base = urlsplit(base_url)
        self._health_path = health_path
        name = str(self._base.hostname)
        names = LOOPBACK_HOSTS if name in LOOPBACK_HOSTS else {name}
        bracketed = [f'[{name}]' if ':' in name else name for name in names]
        self._trusted = TrustedHostMiddleware(self._to_base_url, bracketed, www_redirect=False)
        self._others = OtherAddresses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_for_anybody = scope['type'] == 'http' and scope['path'] == self._health_path
        if scope['type'] == 'http' and not is_for_anybody:
            self._others.seen(HTTPConnection(scope), self._base.geturl())
        await (self._app if is_for_anybody else self._trusted)(scope, receive, send)

    async def _to_base_url(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_get = scope['type'] == 'http' and scope['method'] in {'GET', 'HEAD'}
        if is_get and (url := URL(scope=scope)).hostname != self._base.hostname:
            there = url.replace(scheme=self._base.scheme, netloc=self._base.netloc, path=self._base.path + url.path)
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


def redirect_within(settings: Settings, path: str) -> Response:
    """Such an answer to a page of this app; absolute, so that no header decides where it leads."""
    return redirect(f'{settings.base_url}{path}')


def redirect_to_step(settings: Settings, step: str) -> Response:
    """Such an answer to a path of ours, with its query."""
    return redirect(settings.step_url(step))


class OtherAddresses:
    """Notices who asks for the app by another name than BASE_URL's; the log is told once of each."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def seen(self, request: HTTPConnection, base_url: str) -> str | None:
        """The address by which this request has come if its host is another one, else None."""
        address = request.headers.get('Host', '')
        if _host_name(address) == urlsplit(base_url).hostname:
            return None
        if address not in self._told and len(self._told) < TOLD_AT_MOST:
            self._told.add(address)
            log.warning(
                'asked for at %r, but BASE_URL is %s: cookies of one are unknown at the other. If that is the address '
                'of a proxy’s own making, let it pass the Host header on.',
                address[:200],
                base_url,
            )
        return address

    def answer(self, request: Request, settings: Settings) -> Response | None:
        """An answer to who begins a sign-in at another address than BASE_URL, where the provider sends everybody to.

        Another name of this machine leads on to the same step at BASE_URL, once: a proxy may have made the name. To a
        public app such a name can only come from a proxy. Raises `AnotherAddress`.
        """
        seen = self.seen(request, settings.base_url)
        if seen is None:
            return None
        if _host_name(seen) not in LOOPBACK_HOSTS:
            raise AnotherAddress.than(settings.base_url, seen)
        if MOVED in request.query_params or not settings.is_loopback:
            return None
        query = f'{request.url.query}&' if request.url.query else ''
        return redirect_to_step(settings, f'{route_path(request.scope)}?{query}{MOVED}=1')


def _host_name(address: str) -> str | None:
    try:
        return urlsplit(f'//{address}').hostname
    except ValueError:
        return None


class OwnRedirects:
    """Makes redirects from BASE_URL that would be made from what the browser sent.

    Starlette makes those to an address with or without a slash at its end from the `Host` header, and knows nothing of
    BASE_URL's path. NiceGUI, which stands outside of this, puts an `X-Forwarded-Prefix` before those that begin with a
    slash, whoever sent it; none are left.
    """

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http':
            await self._app(scope, receive, send)
            return
        host = Headers(scope=scope).get('Host', '')

        async def send_on(message: Message) -> None:
            if message['type'] == 'http.response.start':
                headers = MutableHeaders(scope=message)
                if (location := headers.get('Location')) is not None:
                    headers['Location'] = self._ours(location, host)
            await send(message)

        await self._app(scope, receive, send_on)

    def _ours(self, location: str, host: str) -> str:
        """The same address, below BASE_URL if it is one of this app's."""
        if location.startswith('/') and not location.startswith('//'):
            return self._base_url + location
        parts = urlsplit(location)
        is_ours = location == self._base_url or location.startswith((f'{self._base_url}/', f'{self._base_url}?'))
        if is_ours or parts.netloc != host or not host:
            return location
        return self._base_url + parts._replace(scheme='', netloc='').geturl()
