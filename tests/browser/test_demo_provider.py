"""The pages of the demo provider, two of them at once, in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.async_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from app.demo.acr import TWO_FACTORS
from app.demo.messages import Client
from app.demo.provider import DemoProvider
from tests.browser.server import free_port, served
from tests.browser.test_accessibility import nothing_found
from tests.demo.conftest import AUTHORIZATION


@dataclass(frozen=True)
class Host:
    """Two providers, and the two pages of a client: one where answers arrive, one with a silent frame."""

    url: str

    def authorize(self, name: str, **params: str) -> str:
        request = {**AUTHORIZATION, 'redirect_uri': f'{self.url}/callback', **params}
        return f'{self.url}/demo/{name}/authorize?{urlencode(request)}'


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    port = free_port()
    host = Host(f'http://localhost:{port}')

    async def callback(request: Request) -> Response:
        posted = dict(await request.form())
        return PlainTextResponse(f'{request.method} {sorted({**posted, **request.query_params})}')

    async def framing(request: Request) -> Response:
        url = host.authorize('google', prompt='none', response_mode='form_post')
        return HTMLResponse(f'<!doctype html><title>App</title><iframe src="{url.replace("&", "&amp;")}"></iframe>')

    client = Client(AUTHORIZATION['client_id'], (f'{host.url}/callback',), (f'{host.url}/',))
    demos = [
        DemoProvider(f'{host.url}/demo/{name}', [client], b'secret', lambda: 60, name=name)
        for name in ('google', 'work')
    ]
    mounts = [Mount(urlsplit(demo.issuer).path, demo.app) for demo in demos]
    app = Starlette(routes=[*mounts, Route('/callback', callback, methods=['GET', 'POST']), Route('/framing', framing)])
    async with served(app, port):
        yield host
    for demo in demos:
        demo.close()


async def test_nobody_is_kept_out_of_a_page_on_any_screen(host: Host, page: Page) -> None:
    await page.goto(host.authorize('google', acr_values=TWO_FACTORS))
    await nothing_found(page)
    await page.get_by_test_id('demo-user-alice').click()
    await expect(page.get_by_role('heading', name='Is it really you, Alice?')).to_be_visible()
    await nothing_found(page)
    await page.goto(f'{host.url}/demo/google/end-session')
    await nothing_found(page)
    await page.get_by_role('button', name='Sign out of the demo provider Google').click()
    await expect(page.get_by_text('You are signed out of the demo provider Google.')).to_be_visible()
    await nothing_found(page)


async def test_the_second_factor_is_one_more_click(host: Host, page: Page) -> None:
    await page.goto(host.authorize('google', acr_values=TWO_FACTORS))
    await page.get_by_test_id('demo-user-alice').click()
    await page.get_by_test_id('demo-second-factor').click()
    await expect(page.get_by_text("GET ['code', 'iss', 'state']")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query)['iss'] == [f'{host.url}/demo/google']


async def test_the_answer_posts_itself_in_a_window_and_in_the_silent_frame_of_the_app(host: Host, page: Page) -> None:
    await page.goto(f'{host.url}/framing')
    answer = page.frame_locator('iframe').get_by_text('POST')
    await expect(answer).to_have_text("POST ['error', 'iss', 'state']")
    await page.goto(host.authorize('google', response_mode='form_post'))
    await page.get_by_test_id('demo-user-bob').click()
    await expect(page.get_by_text("POST ['code', 'iss', 'state']")).to_be_visible()
    await page.goto(f'{host.url}/framing')
    await expect(answer).to_have_text("POST ['code', 'iss', 'state']")


async def test_two_of_it_are_two_sign_ins(host: Host, page: Page) -> None:
    await page.goto(host.authorize('google'))
    await expect(page.get_by_test_id('demo-provider')).to_have_text('Google')
    await page.get_by_test_id('demo-user-alice').click()
    await expect(page.get_by_text('GET')).to_be_visible()
    await page.goto(host.authorize('work'))
    await expect(page.get_by_test_id('demo-provider')).to_have_text('Work')
    await expect(page.get_by_text('alice@work.example')).to_be_visible()
