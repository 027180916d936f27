"""Two apps behind the real nginx, each below a path: it takes the path of one off, and leaves that of the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, Page, Response, expect

from tests.browser.conftest import LIFETIME
from tests.browser.nginx import Location, nginx
from tests.browser.server import MAIN, AppServer, free_port
from tests.browser.tab import renewed, sign_in, signed_in_as, signed_out
from tests.browser.test_silent_sign_in import forget_the_app

STRIPPED, KEPT = '/stripped', '/kept'


@pytest.fixture(scope='module')
async def origin(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Where nginx is, and both apps behind it."""
    port, folder = free_port(), tmp_path_factory.mktemp('nginx')
    origin, ports = f'http://localhost:{port}', {STRIPPED: free_port(), KEPT: free_port()}
    async with AsyncExitStack() as stack:
        for path, app_port in ports.items():
            app = AppServer(
                folder / path[1:],
                app_port,
                MAIN,
                BASE_URL=origin + path,
                PORT=str(app_port),
                TRUSTED_PROXIES='127.0.0.1',
                DEMO_TOKEN_LIFETIME=str(LIFETIME),
            )
            stack.push_async_callback(app.stop)
            await app.start()
        locations = (Location(path, app_port, strips=path == STRIPPED) for path, app_port in ports.items())
        await stack.enter_async_context(nginx(folder, port, locations))
        yield origin


@pytest.mark.parametrize('path', [STRIPPED, KEPT])
async def test_an_app_below_a_path_does_all_that_it_does_elsewhere(
    origin: str, path: str, context: BrowserContext, page: Page
) -> None:
    url, astray, sockets = origin + path, set[str](), set[str]()

    def note(response: Response) -> None:
        if response.status >= 400 or not response.url.startswith(f'{url}/'):
            astray.add(f'{response.status} {response.url}')

    context.on('response', note)
    page.on('websocket', lambda socket: sockets.add(urlsplit(socket.url).path))

    await page.goto(f'{url}/profile?tab=1#claims')
    await page.get_by_test_id('demo-user-alice').click()
    await signed_in_as(page, 'Alice Adams')
    await expect(page).to_have_url(f'{url}/profile?tab=1#claims')
    assert sockets == {f'{path}/_nicegui_ws/socket.io/'}

    await page.get_by_role('link', name='Home', exact=True).click()
    await expect(page).to_have_url(f'{url}/')
    await renewed(page, 3)
    second = await context.new_page()
    await second.goto(f'{url}/session')
    await signed_in_as(second, 'Alice Adams')
    await expect(second.get_by_test_id('log')).to_contain_text('In a hidden frame, in')

    await page.get_by_test_id('logout').click()
    await signed_out(page)
    await expect(page).to_have_url(f'{url}/')
    await signed_out(second, within=1)
    assert astray == set()


async def test_two_apps_on_one_host_know_nothing_of_each_others_sessions(
    origin: str, context: BrowserContext, page: Page
) -> None:
    other = await context.new_page()
    await sign_in(page, f'{origin}{STRIPPED}/', 'alice')
    await sign_in(other, f'{origin}{KEPT}/', 'bob')
    await page.reload()
    await signed_in_as(page, 'Alice Adams')
    await page.get_by_test_id('logout').click()
    await signed_out(page)
    await other.reload()
    await signed_in_as(other, 'Bob Brown')
    await renewed(other, 1)
    await forget_the_app(context)
    await other.goto(f'{origin}{KEPT}/?tab=1#there')
    await signed_in_as(other, 'Bob Brown')  # silently
    await expect(other).to_have_url(f'{origin}{KEPT}/?tab=1#there')
