"""An app that is opened at another address than its own, where no middleware refuses that: as in a host's app."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Route

from app.auth import Auth
from app.errors import AuthError
from app.oidc.http import http_client
from app.settings import Settings
from app.web.browser import BrowserCookie
from app.web.host_names import TOLD_AT_MOST, HostNames
from app.web.http_methods.head import Head
from app.web.plain_error import plain_error
from app.web.steps.callback import Callback
from app.web.steps.login import Login
from app.web.steps.logout import leave_alone
from tests.clock import FakeClock
from tests.person import query
from tests.provider import CLIENT_ID, RecordingProvider

LOCAL, PUBLIC = 'http://localhost:8080/gui', 'https://app.example.com/gui'
Ask = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def ask(
    provider: RecordingProvider, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Ask]:
    """Asks the app that has this BASE_URL for an address."""
    monkeypatch.setattr('app.auth.provider_http', lambda _: http_client(httpx.ASGITransport(provider)))
    apps: dict[str, tuple[Auth, BrowserCookie]] = {}

    async def app_at(base_url: str) -> BrowserCookie:
        settings = Settings(
            base_url=base_url,
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT_ID,
            secret_key=SecretStr('k' * 40),
            data_dir=tmp_path,
        )
        auth = Auth(settings=settings)
        await auth.context.store.open()
        table = [
            Route('/login', Head(auth.context).login, methods=['HEAD']),
            Route('/login', Login(auth.context).answer),
            Route('/callback', Callback(auth.context, leave_alone).answer),
        ]
        app = Starlette(routes=table, exception_handlers={AuthError: plain_error})
        cookie = BrowserCookie(app, settings=settings, secret_key=auth.context.secret_key, clock=clock)
        apps[base_url] = auth, cookie
        return cookie

    async def asked(base_url: str, url: str, method: str = 'GET') -> httpx.Response:
        app = apps[base_url][1] if base_url in apps else await app_at(base_url)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
            return await http.request(method, url)

    yield asked
    for auth, _ in apps.values():
        await auth.context.store.close()


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if 'asked for at' in record.msg]


@pytest.mark.parametrize('address', ['other.example', 'other.example:8080', '192.168.1.5:8080', '[fe80::1]:8080'])
@pytest.mark.parametrize('base_url', [LOCAL, PUBLIC])
async def test_a_sign_in_at_another_address_says_so_and_goes_nowhere(
    ask: Ask, provider: RecordingProvider, caplog: pytest.LogCaptureFixture, base_url: str, address: str
) -> None:
    for _ in range(2):
        told = await ask(base_url, f'http://{address}/login?return_to=/profile')
        assert told.status_code == 400
        assert 'another_address' in told.text
        assert f'came to {address}, but sign-ins end at {base_url}' in told.text
    assert provider.requests == []
    (line,) = warnings(caplog)  # once
    assert repr(address) in line
    assert base_url in line


@pytest.mark.parametrize('url', ['http://localhost:8080', 'http://LOCALHOST:1234', 'http://localhost'])
async def test_another_port_of_the_same_host_is_no_other_address(
    ask: Ask, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    begun = await ask(LOCAL, f'{url}/login')
    assert query(begun.headers['Location'])['redirect_uri'] == f'{LOCAL}/callback'
    assert warnings(caplog) == []


@pytest.mark.parametrize('host', ['127.0.0.1:8080', '[::1]:8080'])
async def test_another_name_of_this_machine_leads_to_the_same_step_at_the_base_url_once(
    ask: Ask, provider: RecordingProvider, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    moved = await ask(LOCAL, f'http://{host}/login?return_to=%2Fprofile')
    assert (moved.status_code, moved.headers['Location']) == (303, f'{LOCAL}/login?return_to=%2Fprofile&moved=1')
    assert (await ask(LOCAL, f'http://{host}/login')).headers['Location'] == f'{LOCAL}/login?moved=1'
    begun = await ask(LOCAL, f'http://{host}/login?moved=1')  # a proxy makes the name: no circle
    assert begun.headers['Location'].startswith(f'{provider.issuer}/authorize')
    assert len(warnings(caplog)) == 1


async def test_a_proxy_that_does_not_pass_the_name_of_a_public_app_on_stops_no_sign_in(
    ask: Ask, provider: RecordingProvider, caplog: pytest.LogCaptureFixture
) -> None:
    begun = await ask(PUBLIC, 'http://127.0.0.1:8080/login')
    assert begun.headers['Location'].startswith(f'{provider.issuer}/authorize')
    assert 'let it pass the Host header on' in warnings(caplog)[0]


@pytest.mark.parametrize('host', ['other.example', '127.0.0.1:8080', 'localhost:8080'])
async def test_head_is_answered_as_get_is(ask: Ask, host: str) -> None:
    head, get = [await ask(LOCAL, f'http://{host}/login', method) for method in ('HEAD', 'GET')]
    assert head.status_code == get.status_code
    assert head.headers.get('Location', '').split('?')[0] == get.headers.get('Location', '').split('?')[0]


async def test_who_comes_back_without_a_cookie_is_told_the_address_that_was_seen(ask: Ask) -> None:
    told = await ask(PUBLIC, 'http://127.0.0.1:8080/callback?code=c&state=s')
    assert 'no_cookie' in told.text
    assert f'The app is at {PUBLIC}, but this request came to 127.0.0.1:8080' in told.text
    at_home = await ask(PUBLIC, 'https://app.example.com/callback?code=c&state=s')
    assert 'no_cookie' in at_home.text
    assert 'but this request came to' not in at_home.text


async def test_the_log_has_an_end_and_no_lines_of_a_strangers_making(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(TOLD_AT_MOST + 5):
        await ask(LOCAL, f'http://made-up-{number}.example/login')
    assert len(warnings(caplog)) == TOLD_AT_MOST


async def test_an_app_that_refuses_other_names_tells_the_log_as_well(caplog: pytest.LogCaptureFixture) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(HostNames(Starlette(), LOCAL))) as http:
        for _ in range(2):
            assert (await http.get('http://evil.example/')).status_code == 400
        assert (await http.get('http://evil.example/', headers={'Host': 'a\x01\r\nb'})).status_code == 400
        await http.get('http://other.example/health')
    first, second = warnings(caplog)
    assert "'evil.example'" in first
    assert '\n' not in second
    assert {record.levelno for record in caplog.records if 'asked for at' in record.msg} == {logging.WARNING}
