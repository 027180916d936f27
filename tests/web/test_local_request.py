"""Who sits at this machine."""

from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Scope

from app.settings import Settings
from app.web.local_request import OnlyThisMachine, is_on_this_machine

LOCAL = Settings(base_url='http://localhost:8080')
PUBLIC = Settings(
    base_url='https://app.example.com',
    oidc_issuer='https://x.example',
    oidc_client_id='x',
    secret_key=SecretStr('x' * 32),
)


def from_address(host: str | None, name: str = 'localhost:8080') -> Request:
    client = (host, 50_000) if host is not None else None
    headers = [(b'host', name.encode())]
    return Request({'type': 'http', 'scheme': 'http', 'path': '/', 'headers': headers, 'client': client})


@pytest.mark.parametrize('host', ['127.0.0.1', '127.8.0.1', '::1', '::ffff:127.0.0.1'])
def test_a_request_from_this_machine_is_known_by_its_address(host: str) -> None:
    assert is_on_this_machine(from_address(host), LOCAL)


@pytest.mark.parametrize('host', ['203.0.113.5', '192.168.0.2', '::ffff:192.168.0.2', 'localhost', '', None])
def test_everybody_else_is_somewhere_else(host: str | None) -> None:
    assert not is_on_this_machine(from_address(host), LOCAL)


def test_a_page_of_another_site_whose_name_leads_here_is_somewhere_else() -> None:
    assert is_on_this_machine(from_address('127.0.0.1', '127.0.0.1:8080'), LOCAL)
    assert not is_on_this_machine(from_address('127.0.0.1', 'evil.example:8080'), LOCAL)


def test_a_public_app_is_for_nobody_at_this_machine_alone() -> None:
    """What comes from this machine may be a proxy's."""
    assert not is_on_this_machine(from_address('127.0.0.1'), PUBLIC)


# With the demo provider


async def answered(scope: Scope) -> list[Message]:
    """What somebody gets, who asks like this."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {'type': 'http.request'}

    await OnlyThisMachine(PlainTextResponse('page'))(scope, receive, send)
    return sent


@pytest.mark.parametrize('host', ['203.0.113.5', '192.168.0.2', '172.17.0.1', '::ffff:192.168.0.2', 'localhost'])
@pytest.mark.parametrize(('kind', 'prefix'), [('http', ''), ('websocket', 'websocket.')])
async def test_nobody_on_another_machine_is_let_in_by_the_demo_provider(host: str, kind: str, prefix: str) -> None:
    headers = [(b'host', b'localhost:8080')]
    start, body = await answered({'type': kind, 'path': '/', 'headers': headers, 'client': (host, 50_000)})
    assert (start['type'], start['status']) == (f'{prefix}http.response.start', 403)
    assert body['body'].count(b'\n') == 0
    assert b'demo provider' in body['body']


@pytest.mark.parametrize('host', ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
async def test_who_sits_at_this_machine_is_let_in_by_the_demo_provider(host: str) -> None:
    transport = httpx.ASGITransport(OnlyThisMachine(PlainTextResponse('page')), client=(host, 50_000))
    async with httpx.AsyncClient(transport=transport) as client:
        assert (await client.get('http://localhost:8080/')).text == 'page'


async def test_a_peer_that_nobody_knows_is_not_let_in_by_the_demo_provider() -> None:
    """A unix socket may be a proxy's."""
    assert (await answered({'type': 'http', 'path': '/', 'headers': [], 'client': None}))[0]['status'] == 403
