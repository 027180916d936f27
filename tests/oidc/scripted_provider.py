"""A provider that says exactly what a test wants, and writes down what it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from app.oidc.authorization import AuthorizationRequest, AuthorizationResponse
from tests.oidc.documents import ISSUER, discovery, id_token_claims, token_document
from tests.oidc.signer import Signer, signer

DISCOVERY = '/.well-known/openid-configuration'


class ScriptedProvider:
    """`claims` and `tokens` change the next answers; `instead` answers in the place of a path, or raises.

    What is at a path of `moved` is what was at the other path before.
    """

    def __init__(self, issuer: str = ISSUER) -> None:
        self.issuer = issuer
        self.signer: Signer = signer()
        self.claims: dict[str, Any] = {}
        self.tokens: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {'sub': 'alice', 'email': 'alice@example.com'}
        self.instead: dict[str, httpx.Response | Exception] = {}
        self.moved: dict[str, str] = {}
        self.only_post: set[str] = set()
        self.requests: list[httpx.Request] = []
        self._hanging: dict[str, asyncio.Event] = {}
        self._nonce = ''

    @property
    def paths(self) -> list[str]:
        """What was asked for, oldest first."""
        return [request.url.path for request in self.requests]

    def answer(self, request: AuthorizationRequest) -> AuthorizationResponse:
        """What comes back through the browser when Alice is signed in."""
        self._nonce = request.nonce
        return AuthorizationResponse('the-code', request.state, iss=self.issuer)

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        await asyncio.sleep(0)  # as over a network, others go on meanwhile
        if hanging := self._hanging.get(request.url.path):
            await hanging.wait()
        instead = self.instead.get(request.url.path)
        if isinstance(instead, Exception):
            raise instead
        if request.url.path in self.only_post and request.method != 'POST':
            return httpx.Response(405, headers={'Allow': 'POST'})
        return instead or httpx.Response(200, json=self._document(self.moved.get(request.url.path, request.url.path)))

    def hang(self, path: str) -> asyncio.Event:
        """Answer this path only once the event is set."""
        self._hanging[path] = asyncio.Event()
        return self._hanging[path]

    def id_token(self) -> str:
        claims = id_token_claims(**({'iss': self.issuer, 'nonce': self._nonce} | self.claims))
        return self.signer.sign(claims)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """The same over a real connection; `issuer` is then its address."""
        server = await asyncio.start_server(self._serve, '127.0.0.1', 0)
        async with server:
            self.issuer = f'http://127.0.0.1:{server.sockets[0].getsockname()[1]}'
            yield

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b'\r\n\r\n')).decode().split('\r\n')
        method, path, _ = head[0].split(' ')
        headers = {name.lower(): value for name, _, value in (line.partition(': ') for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get('content-length', 0)))
        response = await self.handle(httpx.Request(method, self.issuer + path, headers=headers, content=body))
        lines = [f'HTTP/1.1 {response.status_code} -', f'Content-Length: {len(response.content)}', 'Connection: close']
        writer.write('\r\n'.join([*lines, '', '']).encode() + response.content)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    def _document(self, path: str) -> dict[str, Any]:
        documents: dict[str, Any] = {
            DISCOVERY: lambda: discovery(self.issuer),
            '/jwks': lambda: {'keys': [self.signer.jwk()]},
            '/token': lambda: token_document(**({'id_token': self.id_token()} | self.tokens)),
            '/userinfo': lambda: self.userinfo,
        }
        found: dict[str, Any] = documents[path]()
        return found
