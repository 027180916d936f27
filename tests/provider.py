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

WITH_TIME = (  # of the demo's modules
    'browser.clicks',
    'keys',
    'provider',
    'records',
    'protocol.client_assertion',
    'protocol.grants',
    'protocol.pushed',
    'protocol.server',
)

Misbehaviour = Callable[[Request], Awaitable[Response]]


@dataclass
class RecordingProvider:
    """An ASGI app.

    `requests` are the paths that were asked for, `secrets` what the token endpoint was sent and what it issued, by
    name; `instead` answers in the place of a path. The app may be at `app_url`, and at any of `more_app_urls`; it
    may have several providers, and call this one by `name`.
    """

    app_url: str = APP_URL
    issuer: str = ISSUER
    token_lifetime: int = 120
    client_secret: str | None = None
    more_app_urls: tuple[str, ...] = ()
    name: str = ''
    requests: list[str] = field(default_factory=list)
    secrets: dict[str, set[str]] = field(default_factory=dict)
    instead: dict[str, Misbehaviour] = field(default_factory=dict)
    hanging: list[asyncio.Event] = field(default_factory=list)
    left_behind: set[str] = field(default_factory=set)  # refresh tokens of earlier tests' sessions

    def __post_init__(self) -> None:
        urls = (self.app_url, *self.more_app_urls)
        paths = [f'/{path}{own}' for path in ('callback', 'silent') for own in {'', f'/{self.name}'.rstrip('/')}]
        redirect_uris = tuple(url + path for url in urls for path in paths)
        client = Client(CLIENT_ID, redirect_uris, tuple(f'{url}/' for url in urls), self.client_secret)
        self.demo = DemoProvider(self.issuer, [client], b'secret', lambda: self.token_lifetime)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http':
            return
        if scope['path'] == '/token':
            receive, send = await self._listen(receive, send)
        else:
            self.requests.append(scope['path'])
        if misbehaviour := self.instead.get(scope['path']):
            response = await misbehaviour(Request(scope, receive))
            await response(scope, receive, send)
        else:
            await self.demo.app(scope, receive, send)

    async def _listen(self, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """Take down what the token endpoint is sent and what it issues; what an earlier test left behind stays so."""
        first = await receive()
        sent = dict(parse_qsl(first.get('body', b'').decode()))
        is_left_behind = sent.get('refresh_token') in self.left_behind
        if not is_left_behind:
            self.requests.append('/token')
            self._remember(sent, 'code_verifier', 'refresh_token')
        messages = [first]

        async def replay() -> Message:
            return messages.pop() if messages else await receive()

        async def listen(message: Message) -> None:
            with suppress(ValueError):  # no JSON, when it misbehaves
                issued = json.loads(message.get('body', b''))
                if not is_left_behind:
                    self._remember(issued, 'access_token', 'id_token', 'refresh_token')
                elif 'refresh_token' in issued:  # and no refusal
                    self.left_behind.add(issued['refresh_token'])
            await send(message)

        return replay, listen

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
        self.hanging.append(release)

        async def respond(request: Request) -> Response:
            await release.wait()
            self.instead.pop(path, None)
            return await self.forward(request)

        self.instead[path] = respond
        return release

    def lose_answer(self, path: str) -> None:
        """Do what is asked at this path, but fail to say so."""

        async def respond(request: Request) -> Response:
            await self.forward(request)
            return Response(status_code=502)

        self.instead[path] = respond

    def grant_only(self, scope: str) -> None:
        """Say in each token response that no more than this was granted."""
        self.change_tokens(scope=scope)

    def change_tokens(self, **changes: str | None) -> None:
        """Say this in each token response; what is None is left out."""

        async def respond(request: Request) -> Response:
            granted = {**json.loads(bytes((await self.forward(request)).body)), **changes}
            return JSONResponse({name: value for name, value in granted.items() if value is not None})

        self.instead['/token'] = respond

    async def forward(self, request: Request) -> Response:
        """What the provider answers while it behaves."""
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.demo.app)) as client:
            content = await request.body()
            answer = await client.request(
                request.method, str(request.url), headers=dict(request.headers), content=content
            )
        return Response(answer.content, answer.status_code, dict(answer.headers))

    def behave(self) -> None:
        """No more of that."""
        self.instead.clear()

    def begin_anew(self, token_lifetime: int) -> None:
        """For another test: forget what was asked, and let go of who still waits."""
        self.behave()
        while self.hanging:
            self.hanging.pop().set()
        self.left_behind |= self.secrets.get('refresh_token', set())
        self.requests.clear()
        self.secrets.clear()
        self.token_lifetime = token_lifetime


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
