"""What is only for those who sit at the machine that the app runs on."""

from __future__ import annotations

from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ..settings import LOOPBACK_HOSTS, Settings, is_loopback_address


def is_on_this_machine(request: Request, settings: Settings) -> bool:
    """Whether the app is for this machine only, and the request comes from it."""
    # By its name too: a foreign name that leads to this machine is how another site's page would get here.
    return settings.is_loopback and is_from_here(request) and request.url.hostname in LOOPBACK_HOSTS


def is_from_here(connection: HTTPConnection) -> bool:
    """Whether the peer has a loopback address, which no other machine can have."""
    return connection.client is not None and is_loopback_address(connection.client.host)


class OnlyThisMachine:
    """Answers nobody on another machine: the demo provider signs in everybody who asks, whatever name they ask by."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] in {'http', 'websocket'} and not is_from_here(HTTPConnection(scope)):
            text = 'The demo provider signs in everybody, so this app answers only the machine that it runs on.'
            await PlainTextResponse(text, status_code=403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
