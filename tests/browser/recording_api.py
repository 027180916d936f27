"""An API for tests: it writes down what it is sent, and echoes the token like the worst of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send


@dataclass
class RecordingApi:
    """An ASGI app that echoes the request, or refuses it with the token in the description if it `refuses`.

    `tokens` is what came in the `Authorization` header; `instead` is answered in the place of an echo. While `gate` is
    not set, it lets everybody wait.
    """

    tokens: list[str | None] = field(default_factory=list)
    instead: Response | None = None
    refuses: bool = False
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def begin_anew(self) -> None:
        """For another test: forget what was sent, and let go of who still waits."""
        self.tokens.clear()
        self.instead, self.refuses = None, False
        self.gate.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.tokens.append(request.headers.get('Authorization'))
        await self.gate.wait()
        await (self.instead or self._echo(request))(scope, receive, send)

    def _echo(self, request: Request) -> Response:
        token = request.headers.get('Authorization', 'none')
        challenge = f'Bearer error="invalid_token", error_description="{token} is not accepted"'
        headers = {'X-Echo': token} | ({'WWW-Authenticate': challenge} if self.refuses else {})
        return JSONResponse({'headers': dict(request.headers)}, 401 if self.refuses else 200, headers)
