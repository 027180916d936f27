"""The security headers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, MutableMapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.oidc.http import http_client
from app.oidc.provider_client import ProviderClient
from app.web.host_names import HostNames, OwnRedirects
from app.web.middleware import SecurityHeaders, content_security_policy
from tests.clock import FakeClock
from tests.oidc.documents import REGISTRATION, discovery


async def page(request: Request) -> PlainTextResponse:
    own = {'Content-Security-Policy': "default-src 'none'"} if request.url.path == '/own' else {}
    return PlainTextResponse('page', headers=own)


APP = Starlette(routes=[Route('/own', page), Route('/page', page)])


async def asked(asgi: ASGIApp, url: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(asgi)) as client:
        return await client.get(url)


# The security headers


async def test_every_answer_has_the_security_headers() -> None:
    for path, status in (('page', 200), ('nothing', 404)):
        response = await asked(SecurityHeaders(APP, lambda: "default-src 'self'"), f'http://localhost/{path}')
        assert response.status_code == status
        assert response.headers['Content-Security-Policy'] == "default-src 'self'"
        assert response.headers['Referrer-Policy'] == 'same-origin'
        assert response.headers['X-Content-Type-Options'] == 'nosniff'


async def test_an_answer_keeps_its_own_policy() -> None:
    response = await asked(SecurityHeaders(APP, lambda: "default-src 'self'"), 'http://localhost/own')
    assert response.headers.get_list('Content-Security-Policy') == ["default-src 'none'"]
    assert response.headers['X-Content-Type-Options'] == 'nosniff'


async def test_the_policy_is_asked_for_anew_each_time() -> None:
    policies = iter(['first', 'second'])
    asgi = SecurityHeaders(APP, lambda: next(policies))
    found = [(await asked(asgi, 'http://localhost/page')).headers['Content-Security-Policy'] for _ in range(2)]
    assert found == ['first', 'second']


@pytest.mark.parametrize(
    'layer',
    [
        lambda inner: SecurityHeaders(inner, str),
        lambda inner: HostNames(inner, 'http://localhost:8080'),
        lambda inner: OwnRedirects(inner, 'http://localhost:8080'),
    ],
    ids=['security headers', 'host names', 'own redirects'],
)
@pytest.mark.parametrize('kind', ['websocket', 'lifespan'])
async def test_what_is_no_http_passes_untouched(kind: str, layer: Callable[[ASGIApp], ASGIApp]) -> None:
    passed: list[Any] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        passed.extend((scope, receive, send))

    async def receive() -> MutableMapping[str, Any]:
        return {}

    async def send(_: MutableMapping[str, Any]) -> None:
        return

    scope: Scope = {'type': 'lifespan'}
    if kind == 'websocket':
        scope = {'type': kind, 'headers': [(b'host', b'127.0.0.1:8080')], 'path': '/'}
    await layer(inner)(scope, receive, send)
    assert passed == [scope, receive, send]


# The policy


def directives(policy: str) -> dict[str, list[str]]:
    found = [directive.split() for directive in policy.split(';')]
    assert len({name for name, *_ in found}) == len(found)
    return {name: sources for name, *sources in found}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    def discover(request: httpx.Request) -> httpx.Response:
        issuer = f'{request.url.scheme}://{request.url.netloc.decode()}'
        return httpx.Response(200, json=discovery(issuer))

    async with http_client(httpx.MockTransport(discover)) as client:
        yield client


async def test_the_policy_forbids_what_the_app_does_not_need(http: httpx.AsyncClient, clock: FakeClock) -> None:
    found = directives(
        content_security_policy([ProviderClient('https://login.example.com', REGISTRATION, http, clock)])
    )
    assert found['default-src'] == ["'self'"]
    assert found['object-src'] == ["'none'"]
    assert found['base-uri'] == found['frame-ancestors'] == found['connect-src'] == ["'self'"]
    assert found['frame-src'] == found['form-action'] == ["'self'", 'https:']
    assert not any(source in {'*', 'http:'} for sources in found.values() for source in sources)


async def test_a_provider_on_this_machine_may_be_framed_over_http(http: httpx.AsyncClient, clock: FakeClock) -> None:
    provider = ProviderClient('http://localhost:9000', REGISTRATION, http, clock)
    for _ in ('before it is known', 'after'):
        found = directives(content_security_policy([provider]))
        assert found['frame-src'] == ["'self'", 'https:', 'http://localhost:9000']
        await provider.metadata()


async def test_no_answer_of_a_provider_adds_to_the_policy(http: httpx.AsyncClient, clock: FakeClock) -> None:
    def discover(_: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200,
            json=discovery('http://localhost:9000', end_session_endpoint="http://a;script-src *;'b'/logout"),
        )

    async with http_client(httpx.MockTransport(discover)) as evil:
        provider = ProviderClient('http://localhost:9000', REGISTRATION, evil, clock)
        before = set(directives(content_security_policy([provider])))
        await provider.metadata()
        found = directives(content_security_policy([provider]))
    assert set(found) == before
    assert '*' not in found['script-src']
