"""Asking over HTTP: every failure is one of our errors."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import app.oidc.http
from app.errors import (
    AccessDenied,
    AuthError,
    ClientRefused,
    CodeRefused,
    InteractionRequired,
    InvalidResponse,
    ProviderFailed,
    ProviderUnreachable,
)
from app.oidc.http import ask, http_client

URL = 'https://login.example.com/token'


DATE = 'Wed, 21 Oct 2026 07:28:00 GMT'


async def answered(response: httpx.Response, method: str = 'POST') -> dict[str, Any]:
    async with http_client(httpx.MockTransport(lambda _: response)) as client:
        return await ask(client, method, URL)


async def test_a_json_object_is_the_answer() -> None:
    assert await answered(httpx.Response(200, json={'a': 1})) == {'a': 1}


@pytest.mark.parametrize('text', ['"Al\\ud83d"', '["\\udc00"]', '{"\\ud800": 1}'])
async def test_half_a_character_is_a_question_mark(text: str) -> None:
    """No page could show it, and a page that fails for it cannot even log out."""
    found = await answered(httpx.Response(200, content=f'{{"name": {text}}}'.encode()))
    assert '?' in json.dumps(found).encode().decode()
    assert 'ud8' not in json.dumps(found)
    assert 'udc' not in json.dumps(found)


async def test_what_is_sent_arrives() -> None:
    async def echo(request: Request) -> JSONResponse:
        return JSONResponse({'body': (await request.body()).decode(), 'x': request.headers['x']})

    asgi = Starlette(routes=[Route('/token', echo, methods=['POST'])])
    async with http_client(httpx.ASGITransport(asgi)) as client:
        document = await ask(client, 'POST', URL, headers={'x': 'y'}, content='code=c')
    assert document == {'body': 'code=c', 'x': 'y'}


@pytest.mark.parametrize(
    'error',
    [
        httpx.ConnectError('refused'),
        httpx.ConnectTimeout('slow'),
        httpx.ReadTimeout('slow'),
        httpx.WriteTimeout('slow'),
        httpx.PoolTimeout('busy'),
        httpx.ReadError('reset'),
        httpx.RemoteProtocolError('no HTTP'),
        httpx.DecodingError('no gzip'),
        httpx.ProxyError('no proxy'),
        httpx.UnsupportedProtocol('no scheme'),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_failing_network_is_an_unreachable_provider(error: httpx.RequestError) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    async with http_client(httpx.MockTransport(fail)) as client:
        with pytest.raises(ProviderUnreachable, match=type(error).__name__) as caught:
            await ask(client, 'GET', URL)
    assert caught.value.__cause__ is error


@pytest.mark.parametrize('url', ['https://x:port/', 'https://xn--/', 'https://\ud800/', 'nothing'])
async def test_an_address_that_cannot_exist_is_an_unreachable_provider(url: str) -> None:
    async with http_client() as client:
        with pytest.raises(ProviderUnreachable):
            await ask(client, 'GET', url)


async def test_a_port_that_nobody_listens_on_is_an_unreachable_provider() -> None:
    server = await asyncio.start_server(lambda *_: None, '127.0.0.1', 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    async with http_client(trust_env=False) as client:
        with pytest.raises(ProviderUnreachable, match='ConnectError'):
            await ask(client, 'GET', f'http://127.0.0.1:{port}/')


async def test_an_answer_that_drips_forever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(app.oidc.http, 'DEADLINE', 0.01)
    async with http_client(httpx.MockTransport(never)) as client:
        with pytest.raises(ProviderUnreachable, match='TimeoutError'):
            await ask(client, 'GET', URL)


async def test_every_step_of_a_request_has_a_timeout() -> None:
    async with http_client() as client:
        timeout = client.timeout.as_dict()
    assert None not in timeout.values()
    assert max(value for value in timeout.values() if value is not None) <= app.oidc.http.DEADLINE


@pytest.mark.parametrize('status', [500, 502, 503, 504, 429])
@pytest.mark.parametrize('body', [b'', b'<html>', b'{"error": "invalid_grant"}', b'{"access_token": "x"}'])
async def test_a_busy_or_broken_provider_has_failed_whatever_it_says(status: int, body: bytes) -> None:
    with pytest.raises(ProviderFailed, match=f'POST {URL}: HTTP {status}') as caught:
        await answered(httpx.Response(status, content=body))
    assert caught.value.retry_after == 0


@pytest.mark.parametrize('status', [503, 429])
@pytest.mark.parametrize(
    ('header', 'seconds'),
    [
        pytest.param('120', 120.0, id='seconds'),
        pytest.param('0', 0.0, id='none at all'),
        pytest.param('Wed, 21 Oct 2026 07:30:00 GMT', 120.0, id='a date'),
        pytest.param('Wed, 21 Oct 2026 09:30:00 +0200', 120.0, id='a date in another zone'),
        pytest.param('Wed, 21 Oct 2026 07:00:00 GMT', 0.0, id='a date in the past'),
        pytest.param('-5', 0.0, id='negative'),
        pytest.param('1.5', 0.0, id='a fraction'),
        pytest.param('soon', 0.0, id='a word'),
        pytest.param('', 0.0, id='empty'),
        pytest.param('²', 0.0, id='a digit that is no number'),
        pytest.param('Wed, 21 Oct 99999999999 07:30:00 GMT', 0.0, id='a date out of range'),
    ],
)
async def test_retry_after_is_read_in_both_forms(status: int, header: str, seconds: float) -> None:
    headers = [(b'Retry-After', header.encode('latin-1')), (b'Date', DATE.encode())]
    with pytest.raises(ProviderFailed) as caught:
        await answered(httpx.Response(status, headers=headers))
    assert caught.value.retry_after == seconds


async def test_a_retry_date_without_the_providers_own_date_says_nothing() -> None:
    with pytest.raises(ProviderFailed) as caught:
        await answered(httpx.Response(503, headers={'Retry-After': DATE}))
    assert caught.value.retry_after == 0


@pytest.mark.parametrize('status', [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    asked: list[httpx.URL] = []

    def redirect(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(status, headers={'Location': 'https://evil.example/'})

    async with http_client(httpx.MockTransport(redirect)) as client:
        with pytest.raises(ProviderFailed, match=str(status)):
            await ask(client, 'POST', URL, content='code=c')
    assert asked == [URL]


@pytest.mark.parametrize('status', [200, 400, 401, 403, 404])
@pytest.mark.parametrize(
    'body',
    [
        pytest.param(b'', id='empty'),
        pytest.param(b'<!doctype html><title>Oops</title>', id='html'),
        pytest.param(b'[{"access_token": "x"}]', id='a list'),
        pytest.param(b'"text"', id='text'),
        pytest.param(b'null', id='null'),
        pytest.param(b'{"access_token": ', id='cut off'),
        pytest.param(b'\xff\xfe\xfd', id='binary'),
        pytest.param(b'[' * 200_000, id='very deep'),
    ],
)
async def test_what_is_no_json_object_is_a_failure(status: int, body: bytes) -> None:
    with pytest.raises(ProviderFailed, match='no usable JSON'):
        await answered(httpx.Response(status, content=body))


@pytest.mark.tutorial_bug(22)
@pytest.mark.parametrize('status', [400, 401, 403])
@pytest.mark.parametrize(
    ('code', 'kind'),
    [
        ('invalid_grant', CodeRefused),
        ('invalid_client', ClientRefused),
        ('invalid_request', ClientRefused),
        ('unauthorized_client', ClientRefused),
        ('unsupported_grant_type', ClientRefused),
        ('invalid_scope', ClientRefused),
        ('access_denied', AccessDenied),
        ('login_required', InteractionRequired),
        ('server_error', ProviderFailed),
        ('slow_down', ProviderFailed),
    ],
)
async def test_an_error_answer_becomes_the_error_it_stands_for(status: int, code: str, kind: type[AuthError]) -> None:
    with pytest.raises(kind) as caught:
        await answered(httpx.Response(status, json={'error': code, 'error_description': 'in its own words'}))
    assert (caught.value.code, caught.value.description) == (code, 'in its own words')


async def test_an_unknown_error_is_an_invalid_response() -> None:
    with pytest.raises(InvalidResponse, match='brand_new') as caught:
        await answered(httpx.Response(400, json={'error': 'brand_new'}))
    assert (caught.value.code, caught.value.description) == ('invalid_response', '')


@pytest.mark.parametrize('description', [42, None, ['x'], {'message': 'x'}])
async def test_a_description_that_is_no_text_is_left_out(description: Any) -> None:
    with pytest.raises(CodeRefused) as caught:
        await answered(httpx.Response(400, json={'error': 'invalid_grant', 'error_description': description}))
    assert caught.value.description == ''


@pytest.mark.parametrize('error', [42, None, {'code': 'invalid_grant'}, ['invalid_grant']])
async def test_an_error_that_is_no_text_is_a_failure(error: Any) -> None:
    with pytest.raises(ProviderFailed, match='HTTP 400'):
        await answered(httpx.Response(400, json={'error': error}))


async def test_no_cookie_is_kept_for_the_next_person() -> None:
    cookies: list[str | None] = []

    def greet(request: httpx.Request) -> httpx.Response:
        cookies.append(request.headers.get('Cookie'))
        return httpx.Response(200, json={}, headers={'Set-Cookie': 'session=alice; Path=/'})

    async with http_client(httpx.MockTransport(greet)) as client:
        await ask(client, 'GET', URL)
        await ask(client, 'GET', URL)
        assert not client.cookies
    assert cookies == [None, None]


@pytest.mark.tutorial_bug(20)
@pytest.mark.parametrize('status', [400, 503])
async def test_an_error_does_not_tell_the_query(status: int) -> None:
    async with http_client(httpx.MockTransport(lambda _: httpx.Response(status))) as client:
        with pytest.raises(ProviderFailed) as caught:
            await ask(client, 'GET', f'{URL}?id_token_hint=the-id-token')
    assert 'the-id-token' not in f'{caught.value} {caught.value!r}'
