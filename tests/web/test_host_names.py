"""By which names the app is reached, and where its redirects lead."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message

from app.web.host_names import HostNames, OwnRedirects

METHODS = ['GET', 'POST']
LOCAL, PUBLIC = 'http://localhost:8080', 'https://app.example.com'


async def page(_: Request) -> PlainTextResponse:
    return PlainTextResponse('page')


async def go(request: Request) -> RedirectResponse:
    return RedirectResponse(request.query_params['to'], status_code=303)


APP = Starlette(
    routes=[
        Route('/page', page, methods=METHODS),
        Route('/health', page),
        Route('/go', go),
        Mount('/folder', Starlette(routes=[Route('/', page)])),
    ]
)


async def asked(asgi: ASGIApp, url: str, method: str = 'GET', **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(asgi)) as client:
        return await client.request(method, url, headers=headers)


# Names


@pytest.mark.parametrize(
    ('base_url', 'host'),
    [
        ('http://localhost:8080', '127.0.0.1:8080'),
        ('http://localhost:8080', '[::1]:8080'),
        ('http://127.0.0.1:8080', 'localhost:8080'),
        ('http://localhost:9000', '127.0.0.1:8080'),
        ('http://[::1]:8080', 'LOCALHOST:8080'),
    ],
)
async def test_another_name_of_this_machine_leads_to_the_base_url(base_url: str, host: str) -> None:
    response = await asked(HostNames(APP, base_url), f'http://{host}/page?a=b%2Fc')
    assert response.status_code == 307
    assert response.headers['Location'] == f'{base_url}/page?a=b%2Fc'


@pytest.mark.parametrize(
    ('base_url', 'url'),
    [
        pytest.param(LOCAL, 'http://localhost:8080/page', id='the base url itself'),
        pytest.param(LOCAL, 'http://localhost/page', id='the same name behind a proxy'),
        pytest.param('http://[::1]:8080', 'http://[::1]:8080/page', id='an address in brackets'),
        pytest.param(PUBLIC, 'https://app.example.com/page', id='a public app'),
        pytest.param(PUBLIC, 'http://APP.example.com:8080/page', id='a public app behind a proxy'),
        pytest.param(PUBLIC, 'http://127.0.0.1:8080/health', id='a health check of a public app'),
        pytest.param(LOCAL, 'http://172.17.0.2:8080/health', id='a health check of a container'),
    ],
)
async def test_any_other_request_goes_through(base_url: str, url: str) -> None:
    response = await asked(HostNames(APP, base_url), url)
    assert (response.status_code, response.text) == (200, 'page')


@pytest.mark.parametrize('method', METHODS)
@pytest.mark.parametrize(
    ('base_url', 'host'),
    [
        (LOCAL, 'evil.example'),
        (LOCAL, 'localhost.evil.example'),
        (LOCAL, '192.168.1.5'),
        (LOCAL, '0.0.0.0'),
        (PUBLIC, 'evil.example'),
        (PUBLIC, 'www.app.example.com'),
        (PUBLIC, 'app.example.com.evil.example'),
        (PUBLIC, '127.0.0.1'),
        (PUBLIC, 'localhost'),
        ('https://www.example.com', 'example.com'),
    ],
)
async def test_a_foreign_name_that_leads_to_this_machine_is_refused(base_url: str, host: str, method: str) -> None:
    response = await asked(HostNames(APP, base_url), f'http://{host}:8080/page', method)
    assert (response.status_code, response.headers.get('Location')) == (400, None)


async def handshake(asgi: ASGIApp, host: str, path: str = '/page') -> list[Message]:
    """What a websocket is answered."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {'type': 'websocket.connect'}

    headers = [(b'host', host.encode())]
    scope = {'type': 'websocket', 'scheme': 'ws', 'path': path, 'query_string': b'', 'headers': headers}
    await asgi(scope, receive, send)
    return sent


@pytest.mark.parametrize('path', ['/page', '/health'])
@pytest.mark.parametrize('base_url', [LOCAL, PUBLIC])
async def test_a_websocket_by_a_foreign_name_never_opens(base_url: str, path: str) -> None:
    sent = await handshake(HostNames(APP, base_url), 'evil.example', path)
    assert sent[0]['type'] == 'websocket.http.response.start'
    assert sent[0]['status'] == 400


async def test_a_form_is_not_sent_on() -> None:
    response = await asked(HostNames(APP, LOCAL), 'http://127.0.0.1:8080/page', 'POST')
    assert response.text == 'page'


@pytest.mark.parametrize('host', ['[', 'a b', '127.0.0.1:port', 'evil.example/', '\x01', '', '[::2'])
@pytest.mark.parametrize('base_url', [LOCAL, PUBLIC])
async def test_a_broken_host_name_is_refused(base_url: str, host: str) -> None:
    response = await asked(HostNames(APP, base_url), f'{base_url}/page', Host=host)
    assert (response.status_code, response.headers.get('Location')) == (400, None)


# Redirects


@pytest.mark.parametrize('base_url', [LOCAL, PUBLIC])
@pytest.mark.parametrize('path', ['/page?a=b%2Fc#d', '/', '/page%5B'])
async def test_nothing_can_be_put_before_a_redirect_within_the_app(base_url: str, path: str) -> None:
    asgi, url = OwnRedirects(APP, base_url), f'http://other/go?to={quote(path, safe="")}'
    assert (await asked(asgi, url, **{'X-Forwarded-Prefix': '//evil.example'})).headers['Location'] == base_url + path
    assert (await asked(asgi, url)).headers['Location'] == base_url + path


@pytest.mark.parametrize('url', ['https://login.example.com/authorize?a=b', '//login.example.com/'])
@pytest.mark.parametrize('sent', [{}, {'X-Forwarded-Prefix': '/x'}])
async def test_a_redirect_to_another_site_stays_as_it_is(url: str, sent: dict[str, str]) -> None:
    response = await asked(OwnRedirects(APP, LOCAL), f'http://localhost:8080/go?to={quote(url, safe="")}', **sent)
    assert response.headers['Location'] == url


@pytest.mark.parametrize(('path', 'target'), [('/page/?a=b', '/page?a=b'), ('/folder', '/folder/')])
async def test_a_slash_too_many_or_too_few_leads_to_the_base_url_whatever_the_host(path: str, target: str) -> None:
    response = await asked(OwnRedirects(APP, PUBLIC), f'http://evil.example:81{path}')
    assert response.headers['Location'] == PUBLIC + target
