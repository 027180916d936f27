"""Who sits at this machine."""

from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Scope

from app.settings import Settings
from app.settings.addresses import networks
from app.web.local_request import OnlyThisMachine, is_on_this_machine, sender_of

LOCAL = Settings(base_url='http://localhost:8080')
PUBLIC = Settings(
    base_url='https://app.example.com',
    oidc_issuer='https://x.example',
    oidc_client_id='x',
    secret_key=SecretStr('x' * 32),
)


def from_address(host: str | None, name: str = 'localhost:8080', **more: str) -> Request:
    client = (host, 50_000) if host is not None else None
    headers = [(b'host', name.encode()), *_headers(more)]
    return Request({'type': 'http', 'scheme': 'http', 'path': '/', 'headers': headers, 'client': client})


def _headers(named: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers whose names have `_` for `-`."""
    return [(name.replace('_', '-').lower().encode(), value.encode()) for name, value in named.items()]


@pytest.mark.parametrize('host', ['127.0.0.1', '127.8.0.1', '::1', '::ffff:127.0.0.1'])
def test_a_request_from_this_machine_is_known_by_its_address(host: str) -> None:
    assert is_on_this_machine(from_address(host), LOCAL)


@pytest.mark.parametrize('host', ['203.0.113.5', '192.168.0.2', '::ffff:192.168.0.2', 'localhost', '', None])
def test_everybody_else_is_somewhere_else(host: str | None) -> None:
    assert not is_on_this_machine(from_address(host), LOCAL)


def test_a_page_of_another_site_whose_name_leads_here_is_somewhere_else() -> None:
    assert is_on_this_machine(from_address('127.0.0.1', '127.0.0.1:8080'), LOCAL)
    assert not is_on_this_machine(from_address('127.0.0.1', 'evil.example:8080'), LOCAL)


@pytest.mark.parametrize('name', ['a{b.evil.example:8080', 'evil@localhost:8080', 'localhost:8080/evil', ''])
def test_nor_is_it_here_where_the_name_makes_no_sense(name: str) -> None:
    request = from_address('127.0.0.1', name)
    request.scope['server'] = ('127.0.0.1', 8080)
    assert request.url.hostname == '127.0.0.1'  # as Starlette has it
    assert not is_on_this_machine(request, LOCAL)


def test_a_public_app_is_for_nobody_at_this_machine_alone() -> None:
    """What comes from this machine may be a proxy's."""
    assert not is_on_this_machine(from_address('127.0.0.1'), PUBLIC)


# Behind a proxy

PROXY = '10.0.0.5'


@pytest.mark.parametrize(
    ('peer', 'forwarded', 'sender'),
    [
        pytest.param('127.0.0.1', None, '127.0.0.1', id='nobody has passed it on'),
        pytest.param(PROXY, None, PROXY, id='a proxy asks for itself'),
        pytest.param(PROXY, '203.0.113.5', '203.0.113.5', id='a proxy asks for somebody'),
        pytest.param(PROXY, '127.0.0.1, 203.0.113.5', '203.0.113.5', id='what came before was made up'),
        pytest.param(PROXY, '203.0.113.5, 10.1.2.3', '203.0.113.5', id='by way of two proxies'),
        pytest.param(PROXY, ' 203.0.113.5 ,, ', '203.0.113.5', id='with gaps'),
        pytest.param(PROXY, 'unknown', 'unknown', id='no address'),
        pytest.param(PROXY, '10.9.9.9, 10.1.2.3', '10.9.9.9', id='all of them proxies'),
        pytest.param(PROXY, '', None, id='nobody said for whom'),
        pytest.param('::ffff:10.0.0.5', '203.0.113.5', '203.0.113.5', id='IPv4 as IPv6'),
        pytest.param('127.0.0.1', '127.0.0.1', None, id='a stranger on this machine says who it is'),
        pytest.param('203.0.113.5', '127.0.0.1', None, id='a stranger elsewhere says who it is'),
        pytest.param(None, '127.0.0.1', None, id='a unix socket'),
    ],
)
def test_a_forwarded_header_counts_from_a_trusted_proxy_only(
    peer: str | None, forwarded: str | None, sender: str | None
) -> None:
    more = {} if forwarded is None else {'X_Forwarded_For': forwarded}
    assert sender_of(from_address(peer, **more), networks('10.0.0.0/8')) == sender


def test_what_stands_in_two_headers_is_one_list() -> None:
    request = from_address(PROXY)
    request.scope['headers'] += _headers({'X_Forwarded_For': '127.0.0.1'}) + _headers(
        {'X_Forwarded_For': '203.0.113.5'}
    )
    assert sender_of(request, networks(PROXY)) == '203.0.113.5'


@pytest.mark.parametrize('name', ['X_Forwarded_For', 'Forwarded', 'X_Real_IP'])
def test_whoever_was_passed_on_by_a_stranger_is_not_at_this_machine(name: str) -> None:
    """It may be a proxy on this machine, which has asked for somebody elsewhere."""
    passed_on = from_address('127.0.0.1', **{name: '127.0.0.1'})
    assert not is_on_this_machine(passed_on, LOCAL)


def test_a_trusted_proxy_on_this_machine_locks_nobody_at_it_out() -> None:
    trusting = LOCAL.model_copy(update={'trusted_proxies': networks('127.0.0.1')})
    assert is_on_this_machine(from_address('127.0.0.1', X_Forwarded_For='127.0.0.1'), trusting)
    assert is_on_this_machine(from_address('127.0.0.1', X_Forwarded_For='::1'), trusting)
    assert not is_on_this_machine(from_address('127.0.0.1', X_Forwarded_For='192.168.0.2'), trusting)
    assert not is_on_this_machine(from_address('127.0.0.1', X_Forwarded_For='127.0.0.1, 192.168.0.2'), trusting)


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


async def test_a_proxy_that_nobody_has_named_is_told_what_to_set() -> None:
    scope = {'type': 'http', 'path': '/', 'headers': _headers({'X_Forwarded_For': '::1'}), 'client': ('::1', 50_000)}
    start, body = await answered(scope)
    assert start['status'] == 403
    assert b'TRUSTED_PROXIES' in body['body']


async def test_the_demo_provider_behind_a_trusted_proxy_is_for_this_machine_only() -> None:
    guarded = OnlyThisMachine(PlainTextResponse('page'), networks('127.0.0.1'))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guarded, client=('127.0.0.1', 50_000))) as client:
        for sender, status in (('127.0.0.1', 200), ('192.168.0.2', 403)):
            answer = await client.get('http://localhost:8080/', headers={'X-Forwarded-For': sender})
            assert answer.status_code == status
