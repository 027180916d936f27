"""Websockets of a host: a token is enough, a cookie is not."""

from typing import Annotated

import pytest
from fastapi import Depends, WebSocket
from starlette.types import Message

from app.web.endpoints.person import EndpointUser
from tests.renewal.conftest import SignedIn
from tests.web.endpoints.conftest import Host


async def opened(host: Host, *headers: tuple[bytes, bytes]) -> list[Message]:
    """What is answered to a browser that opens it."""
    required, sent = host.endpoints.required(), list[Message]()

    @host.app.websocket('/ws')
    async def endpoint(socket: WebSocket, user: Annotated[EndpointUser, Depends(required)]) -> None:
        await socket.accept()
        await socket.close(reason=user.sub)

    async def receive() -> Message:
        return {'type': 'websocket.connect'}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {'type': 'websocket', 'path': '/ws', 'headers': headers, 'query_string': b'', 'subprotocols': []}
    extensions: dict[str, dict[str, str]] = {'websocket.http.response': {}}
    await host.app({**scope, 'extensions': extensions, 'server': ('localhost', 8080), 'scheme': 'ws'}, receive, send)
    return sent


async def test_a_token_opens_it(host: Host, alice: SignedIn) -> None:
    header = (b'authorization', f'Bearer {alice.session.tokens.access_token}'.encode())
    sent = await opened(host, header)
    assert [message['type'] for message in sent] == ['websocket.accept', 'websocket.close']
    assert sent[1]['reason'] == 'demo|alice'


@pytest.mark.parametrize('has_cookie', [False, True])
async def test_nothing_else_does(host: Host, alice: SignedIn, has_cookie: bool) -> None:
    await host.put(alice.session)
    cookie = '; '.join(f'{name}={value}' for name, value in host.http.cookies.items())
    sent = await opened(host, *([(b'cookie', cookie.encode())] if has_cookie else []))
    assert (sent[0]['type'], sent[0]['status']) == ('websocket.http.response.start', 401)
