"""Which browser sent a request: one random id in a cookie, signed; all else that is known of it is in the store."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlsplit

from itsdangerous import BadSignature, TimestampSigner
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..clock import Clock
from ..secret_key import derive_key
from ..sessions.browser_record import new_browser_id
from ..sessions.store import SessionStore
from ..settings import Settings
from ..settings.fields import LONGEST_COOKIE
from .earlier_cookie import EarlierCookie, adopted

DAY = 86_400  # seconds; an older cookie is sent anew, so that it lasts for as long as somebody comes back
SHARE = 4  # ... or one that has had this part of its time, if that is less
SCOPE_KEY = 'stay_signed_in.browser'
COOKIE_BEFORE_PORTS = '__Host-stay_signed_in_'  # with https: the name's beginning; all of it before it had a port
ID = re.compile('[A-Za-z0-9_-]{20,100}')


def cookie_name(settings: Settings, purpose: str = 'browser') -> str:
    """Ours by its name, since cookies ignore ports; with https only where no other host could have set it."""
    url = urlsplit(settings.base_url)
    path = quote(url.path, safe='')  # %2Fgui, so that no two paths have one name
    if url.scheme != 'https':
        return f'stay_signed_in_{purpose}_{settings.listen_port()}{path}'
    port = f'_{url.port}' if url.port not in {None, 443} else ''
    return f'{COOKIE_BEFORE_PORTS}{purpose}{port}{path}'


@dataclass
class Browser:
    """The browser that sent a request, for as long as that is answered; another id goes out with the answer.

    `known_id` is the id that it showed, or has got since; None if it needed none so far. `is_renewed` is whether the
    cookie has to be set, `is_asked_for` whether anybody wants to know the browser, `earlier` what a cookie of the
    version before says, `return_to` where a sign-in that fails in this request was to lead, `prompt` and `asked` what
    a link asked of it, and `provider` the name of the one of several that it was at.
    """

    known_id: str | None
    is_renewed: bool = False
    is_asked_for: bool = False
    earlier: dict[str, Any] | None = None
    return_to: str = '/'
    prompt: str | None = None
    asked: Mapping[str, str] = field(default_factory=dict)
    provider: str | None = None

    @property
    def id(self) -> str:
        """The browser's id; made at first need, and before the answer begins."""
        return self.known_id or self.change_id(new_browser_id())

    def change_id(self, new: str) -> str:
        """From now on the browser is known by this id."""
        self.known_id, self.is_renewed = new, True
        return new


def browser_of(request: HTTPConnection) -> Browser:
    """The browser that sent the request, as its cookie has it."""
    browser = request.scope[SCOPE_KEY]
    if not isinstance(browser, Browser):
        raise TypeError('BrowserCookie has to stand before whoever wants to know the browser')
    browser.is_asked_for = True
    return browser


async def adopted_browser(request: Request, store: SessionStore, now: float) -> Browser:
    """The browser that sent the request, after what a cookie of the version before says was written down.

    Raises `StoreFailed`.
    """
    browser = browser_of(request)
    if browser.earlier is not None:
        record, session = adopted(browser.earlier, now)
        await store.adopt(record, session, now)
        browser.earlier = None
        browser.change_id(record.id)
    return browser


class BrowserCookie:
    """Reads the cookie of each request, and sets it with the answer if the id is a new one, or was sent a while ago.

    A request for which nobody asks who sent it (`browser_of`) never gets one. `secret_key` is asked with the first
    request, since a file may have to be read for it.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings, secret_key: Callable[[], str], clock: Clock) -> None:
        self._app = app
        self._name = cookie_name(settings)
        # Read until there is one with the present name; it stays, since an app at port 443 may still live by it.
        before = f'{COOKIE_BEFORE_PORTS}browser'
        is_moved = settings.base_url.startswith('https:') and before != self._name and not settings.base_path
        self._former = before if is_moved else None
        # 0: for as long as the browser is open, which nobody here can know: what it shows is believed for longest.
        self._lasts = settings.cookie_max_age or LONGEST_COOKIE
        max_age = f'; Max-Age={settings.cookie_max_age}' if settings.cookie_max_age else ''
        self._flags = (
            f'{max_age}; Path=/; HttpOnly; SameSite=Lax{"; Secure" if settings.base_url.startswith("https:") else ""}'
        )
        self._settings = settings
        self._secret_key = secret_key
        self._clock = clock

    @cached_property
    def _signer(self) -> TimestampSigner:
        return _Signer(derive_key(self._secret_key(), 'browser-cookie'), self._clock)

    @cached_property
    def _earlier(self) -> EarlierCookie:
        return EarlierCookie(self._settings, self._secret_key())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] not in {'http', 'websocket'}:
            await self._app(scope, receive, send)
            return
        cookies = HTTPConnection(scope).cookies
        browser = self._read(cookies.get(self._name, ''))
        if browser.known_id is None and self._former:
            browser = self._read(cookies.get(self._former, ''))
            browser.is_renewed = browser.known_id is not None  # under the name that it has now
        if browser.known_id is None and not self._settings.base_path:  # below which no earlier version was
            browser.earlier = self._earlier.read(cookies, self._clock.now())
        had_earlier = browser.earlier is not None
        scope[SCOPE_KEY] = browser

        async def send_with_cookie(message: Message) -> None:
            is_wanted = browser.is_asked_for and browser.is_renewed
            if message['type'] == 'http.response.start' and is_wanted and browser.known_id:
                headers = MutableHeaders(scope=message)
                headers.append('Set-Cookie', self._set_cookie(browser.known_id))
                if had_earlier and browser.earlier is None:
                    headers.append('Set-Cookie', self._earlier.deletion)
            await send(message)

        await self._app(scope, receive, send_with_cookie if scope['type'] == 'http' else send)

    def _read(self, value: str) -> Browser:
        try:
            signed, sent_at = self._signer.unsign(value, return_timestamp=True)
            id = signed.decode('ascii')
        except (BadSignature, UnicodeDecodeError):
            return Browser(None)
        # By our own clock, and never refused for being from the future: a clock that was wrong signs nobody out.
        age = self._clock.now() - sent_at.timestamp()
        if age > self._lasts or not ID.fullmatch(id):
            return Browser(None)
        return Browser(id, is_renewed=not 0 <= age < min(DAY, self._lasts / SHARE))

    def _set_cookie(self, id: str) -> str:
        value = self._signer.sign(id).decode()
        return f'{self._name}={value}{self._flags}'


class _Signer(TimestampSigner):
    """Signs by our clock."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        super().__init__(key)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock.now())
