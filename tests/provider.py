"""A provider for tests: the demo provider, which writes down what it is asked and misbehaves when told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from app.demo.messages import Client
from app.demo.provider import DemoProvider
from app.errors import InvalidResponse
from app.oidc.authorization import AuthorizationResponse, parse_authorization_response

APP_URL = 'http://localhost:8080'
ISSUER = 'http://localhost:9000'
CLIENT_ID = 'test-app'

Misbehaviour = Callable[[Request], Awaitable[Response]]


@dataclass
class RecordingProvider:
    """An ASGI app.

    `requests` are the paths that were asked for, `secrets` what the token endpoint was sent and what it issued, by
    name; `instead` answers in the place of a path.
    """

    app_url: str = APP_URL
    issuer: str = ISSUER
    token_lifetime: int = 120
    client_secret: str | None = None
    requests: list[str] = field(default_factory=list)
    secrets: dict[str, set[str]] = field(default_factory=dict)
    instead: dict[str, Misbehaviour] = field(default_factory=dict)

    def __post_init__(self) -> None:
        redirect_uris = (f'{self.app_url}/callback', f'{self.app_url}/silent')
        client = Client(CLIENT_ID, redirect_uris, (f'{self.app_url}/',), self.client_secret)
        self.demo = DemoProvider(self.issuer, [client], b'secret', lambda: self.token_lifetime)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http':
            return
        self.requests.append(scope['path'])
        if scope['path'] == '/token':
            receive, send = self._remember_sent(receive), self._remember_issued(send)
        if misbehaviour := self.instead.get(scope['path']):
            response = await misbehaviour(Request(scope, receive))
            await response(scope, receive, send)
        else:
            await self.demo.app(scope, receive, send)

    def _remember_sent(self, receive: Receive) -> Receive:
        async def wrapped() -> Message:
            message = await receive()
            self._remember(dict(parse_qsl(message.get('body', b'').decode())), 'code_verifier', 'refresh_token')
            return message

        return wrapped

    def _remember_issued(self, send: Send) -> Send:
        async def wrapped(message: Message) -> None:
            with suppress(ValueError):  # no JSON, when it misbehaves
                self._remember(json.loads(message.get('body', b'')), 'access_token', 'id_token', 'refresh_token')
            await send(message)

        return wrapped

    def _remember(self, values: dict[str, str], *names: str) -> None:
        for name in names:
            if name in values:
                self.secrets.setdefault(name, set()).add(values[name])

    def answer(self, path: str, body: Any = '', status: int = 200, **headers: str) -> None:
        """Answer this path with a text, or with JSON."""

        async def respond(_: Request) -> Response:
            kind = Response if isinstance(body, str) else JSONResponse
            return kind(body, status_code=status, headers=headers)

        self.instead[path] = respond

    def hang(self, path: str) -> asyncio.Event:
        """Answer this path only once the event is set."""
        release = asyncio.Event()

        async def respond(request: Request) -> Response:
            await release.wait()
            self.instead.pop(path, None)
            return await self._forward(request)

        self.instead[path] = respond
        return release

    def lose_answer(self, path: str) -> None:
        """Do what is asked at this path, but fail to say so."""

        async def respond(request: Request) -> Response:
            await self._forward(request)
            return Response(status_code=502)

        self.instead[path] = respond

    def grant_only(self, scope: str) -> None:
        """Say in each token response that no more than this was granted."""
        self.change_tokens(scope=scope)

    def change_tokens(self, **changes: str | None) -> None:
        """Say this in each token response; what is None is left out."""

        async def respond(request: Request) -> Response:
            granted = {**json.loads(bytes((await self._forward(request)).body)), **changes}
            return JSONResponse({name: value for name, value in granted.items() if value is not None})

        self.instead['/token'] = respond

    async def _forward(self, request: Request) -> Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.demo.app)) as client:
            content = await request.body()
            answer = await client.request(
                request.method, str(request.url), headers=dict(request.headers), content=content
            )
        return Response(answer.content, answer.status_code, dict(answer.headers))

    def behave(self) -> None:
        """No more of that."""
        self.instead.clear()


class HttpFrame:
    """What the silent frame does in a browser, over HTTP: go to the provider with its cookies, and read the answer."""

    def __init__(self, provider: RecordingProvider) -> None:
        transport = httpx.ASGITransport(provider)
        self._client = httpx.AsyncClient(transport=transport, base_url=provider.issuer)
        self._issuer = provider.issuer

    async def sign_in_at_provider(self, person: str) -> None:
        """From now on the provider knows this browser as `person`."""
        await self._client.post(f'{self._issuer}/sign-in', data={'person': person, 'request': ''})

    async def authorize(self, url: str) -> AuthorizationResponse:
        location = httpx.URL((await self._client.get(url)).headers['Location'])
        if location.path != '/silent':
            raise InvalidResponse(f'sent to {location}')
        return parse_authorization_response(location.query.decode(), location.fragment)
