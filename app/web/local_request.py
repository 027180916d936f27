"""What is only for those who sit at the machine that the app runs on."""

from __future__ import annotations

from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ..settings import LOOPBACK_HOSTS, Settings
from ..settings.addresses import Network, is_in, is_loopback_address

FORWARDED = ('X-Forwarded-For', 'Forwarded', 'X-Real-IP')  # what a proxy may say of whom it asks for


def is_on_this_machine(request: Request, settings: Settings) -> bool:
    """Whether the app is for this machine only, and the request comes from it."""
    # By its name too: a foreign name that leads to this machine is how another site's page would get here.
    return settings.is_loopback and is_from_here(request, settings.trusted_proxies) and is_named_here(request)


def is_named_here(connection: HTTPConnection) -> bool:
    """Whether it asks for this machine by a name of its own.

    For a name that makes no sense, which a browser may send all the same (`http://a{b.example`), Starlette takes the
    address of the server.
    """
    url = connection.url
    return url.hostname in LOOPBACK_HOSTS and url.netloc == connection.headers.get('Host')


def is_from_here(connection: HTTPConnection, trusted: tuple[Network, ...]) -> bool:
    """Whether it comes from a loopback address, which no other machine can have."""
    sender = sender_of(connection, trusted)
    return sender is not None and is_loopback_address(sender)


def sender_of(connection: HTTPConnection, trusted: tuple[Network, ...]) -> str | None:
    """The address of whoever sent this; None if nobody knows that for sure.

    It is the peer's, unless that has passed it on for somebody. Then a trusted peer's `X-Forwarded-For` says for whom:
    each proxy adds its own peer at the end, so the last one counts that is no trusted proxy itself. What others say of
    that could be made up, and is no reason to take them for whom they pass it on for, nor for themselves.
    """
    peer = connection.client.host if connection.client else None
    if not any(name in connection.headers for name in FORWARDED):
        return peer
    if peer is None or not is_in(peer, trusted):
        return None
    passed_on = ','.join(connection.headers.getlist('X-Forwarded-For')).split(',')
    hops = [hop.strip() for hop in passed_on if hop.strip()]
    return next((hop for hop in reversed(hops) if not is_in(hop, trusted)), hops[0] if hops else None)


class OnlyThisMachine:
    """Answers nobody on another machine: the demo provider signs in everybody who asks, whatever name they ask by."""

    def __init__(self, app: ASGIApp, trusted: tuple[Network, ...] = ()) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] in {'http', 'websocket'} and not is_from_here(HTTPConnection(scope), self._trusted):
            text = 'The demo provider signs in everybody, so this app answers only the machine that it runs on.'
            if any(name in HTTPConnection(scope).headers for name in FORWARDED):
                text += ' If it was a proxy there that passed this on, name its address in TRUSTED_PROXIES.'
            await PlainTextResponse(text, status_code=403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
