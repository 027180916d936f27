"""No request decides where a redirect leads: the whole app, as a browser reaches it."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest
from nicegui import core

from tests.provider import APP_URL, ISSUER, RecordingProvider

pytestmark = pytest.mark.usefixtures('app')

PAGES = ['/', '/profile', '/session', '/api', '/admin', '/doctor', '/error', '/login-elsewhere', '/nothing']
ROUTES = [
    *('/login?return_to=/profile', '/callback?code=a&state=b', '/silent', '/signed-in', '/logout', '/health'),
    *('/window', '/open/ticket', '/health/ready', '/_nicegui_ws', '/favicon.ico'),
]


def with_slash(path: str) -> str:
    """The same address with a slash at its end."""
    address, _, query = path.partition('?')
    return f'{address.rstrip("/")}/?{query}'


EVERYWHERE = [address for path in (*PAGES, *ROUTES) for address in (path, with_slash(path))]


async def answered(path: str, method: str = 'GET', **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(core.app), base_url=APP_URL) as http:
        return await http.request(method, path, headers=headers)


def leads_on(response: httpx.Response) -> bool:
    """Whether it is no redirect, or one within the app or to the provider."""
    target = urlsplit(response.headers.get('Location', '/'))
    return f'{target.scheme}://{target.netloc}' in {'://', APP_URL, ISSUER} and not target.path.startswith('//')


@pytest.mark.parametrize('method', ['GET', 'POST'])
@pytest.mark.parametrize('prefix', ['//evil.example', 'https://evil.example', '/\\evil.example'])
async def test_a_prefix_that_anybody_may_send_leads_nowhere_else(prefix: str, method: str) -> None:
    for address in EVERYWHERE:
        response = await answered(address, method, **{'X-Forwarded-Prefix': prefix})
        assert leads_on(response), (address, response.headers['Location'])
        assert 'evil.example' not in response.text


@pytest.mark.parametrize('host', ['evil.example', 'localhost.evil.example:8080', '192.168.1.5:8080'])
async def test_a_host_that_is_not_ours_leads_nowhere_and_is_told_nothing(host: str) -> None:
    for address in EVERYWHERE:
        response = await answered(address, Host=host)
        assert response.status_code == (200 if address == '/health' else 400), address
        assert 'Location' not in response.headers


@pytest.mark.parametrize('host', ['localhost', '127.0.0.1', '[::1]'])
async def test_another_port_or_name_of_this_machine_leads_to_the_base_url(host: str) -> None:
    """Whoever listens at the other port is somebody else."""
    for address in EVERYWHERE:
        response = await answered(address, Host=f'{host}:1234')
        assert leads_on(response), (address, response.headers['Location'])


async def test_a_slash_too_many_after_login_leads_to_our_own_login(provider: RecordingProvider) -> None:
    response = await answered('/login/?return_to=/profile', Host='localhost:1234')
    assert response.headers['Location'] == f'{APP_URL}/login?return_to=/profile'
    assert not provider.requests
