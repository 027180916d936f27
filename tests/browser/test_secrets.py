"""Everything that the browser gets is read, and none of the tokens is in it."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import quote_plus, urlsplit

import pytest
from playwright.async_api import BrowserContext, Error, Page, Response, WebSocket, expect

from tests.browser.conftest import CLIENT_SECRET, StartApp
from tests.browser.recording_api import RecordingApi
from tests.browser.server import AppServer
from tests.browser.tab import renewed, sign_in, signed_out
from tests.provider import RecordingProvider


class Listener:
    """Everything that goes over the wire between the browser and the world; `unread` are bodies that it missed."""

    def __init__(self, context: BrowserContext) -> None:
        self.heard: list[tuple[str, str]] = []
        self.unread: list[str] = []
        self._reading: list[asyncio.Task[None]] = []
        context.on('page', self._page)
        context.on('request', lambda request: self.hear('url', request.url))
        context.on('response', self._response)

    def hear(self, where: str, what: str | bytes) -> None:
        self.heard.append((where, what if isinstance(what, str) else what.decode('utf-8', 'replace')))

    def _page(self, page: Page) -> None:
        page.on('websocket', self._websocket)

    def _websocket(self, socket: WebSocket) -> None:
        socket.on('framereceived', lambda frame: self.hear('websocket', frame))
        socket.on('framesent', lambda frame: self.hear('websocket', frame))

    def _response(self, response: Response) -> None:
        self._reading.append(asyncio.create_task(self._read(response)))

    async def _read(self, response: Response) -> None:
        self.hear('headers', json.dumps(await response.all_headers()))
        if 300 <= response.status < 400 or response.url.startswith('data:'):
            return
        try:
            self.hear('body', await response.body())
        except Error:  # the browser has let go of it
            self.unread.append(urlsplit(response.url).path)

    async def everything(self, context: BrowserContext) -> list[tuple[str, str]]:
        """All that was heard, and all that lies in the browser now."""
        await asyncio.gather(*self._reading)
        for page in context.pages:
            self.hear('html', await page.content())
            self.hear('storage', await page.evaluate('() => JSON.stringify([{...localStorage}, {...sessionStorage}])'))
            self.hear('databases', await page.evaluate('async () => JSON.stringify(await indexedDB.databases())'))
            self.hear('history', await page.evaluate('() => location.href + document.cookie + window.name'))
        self.hear('cookies', json.dumps(await context.cookies()))
        return list(self.heard)


async def call_the_api(page: Page, api: RecordingApi) -> None:
    """All of its calls, to an API that echoes the token: in its body, in its headers, and where it refuses it."""
    await page.get_by_role('link', name='API').click()
    for name in ('call-public', 'call-private', 'post-message'):
        await page.get_by_test_id(name).click()
        await expect(page.get_by_test_id('api-status')).to_have_text('200 OK')
        await expect(page.get_by_test_id('api-calling')).to_have_count(0)
    await expect(page.get_by_test_id('api-body')).to_contain_text('"authorization": "Bearer [access token]"')
    api.refuses = True
    await page.get_by_test_id('call-private').click()
    await expect(page.get_by_test_id('api-status')).to_have_text('401 Unauthorized')
    await expect(page.locator('blockquote')).to_contain_text('Bearer [access token] is not accepted')


@pytest.mark.tutorial_bug(20)
async def test_no_token_reaches_the_browser_or_the_log(
    start_against: StartApp,
    provider: RecordingProvider,
    api: RecordingApi,
    api_port: int,
    context: BrowserContext,
) -> None:
    app = await start_against(OIDC_SCOPE='openid profile email offline_access', API_URL=f'http://127.0.0.1:{api_port}')
    listener = Listener(context)
    page = await context.new_page()
    await sign_in(page, app.url)
    await renewed(page, 2)
    await page.get_by_role('link', name='Profile').click()
    await page.get_by_text('All claims').click()
    await page.get_by_role('link', name='Session').click()
    await page.get_by_test_id('id-token').wait_for()
    await call_the_api(page, api)
    second = await context.new_page()
    await second.goto(app.url)
    await second.get_by_test_id('renew').click()
    await renewed(second, 3)
    before_logout = await listener.everything(context)
    await page.get_by_test_id('logout').click()
    await signed_out(page)
    in_all = await listener.everything(context)
    provider.secrets['client_secret'] = {CLIENT_SECRET, quote_plus(CLIENT_SECRET)}

    used = {str(token).removeprefix('Bearer ') for token in api.tokens if token}
    assert used
    assert used <= provider.secrets['access_token']
    places = {'url', 'websocket', 'headers', 'body', 'html', 'storage', 'cookies'}
    assert {where for where, _ in before_logout} >= places
    missed = {path for path in listener.unread if not path.startswith('/_nicegui/')}
    # Files, as those of NiceGUI, the same for everybody; and where a logout leads, which its page has left.
    assert missed <= {'/silent', '/login', '/logout'}
    assert provider.secrets.keys() == {'access_token', 'id_token', 'refresh_token', 'code_verifier', 'client_secret'}
    # The frame asks for no other refresh token while there is one.
    assert all(len(values) >= 2 for name, values in provider.secrets.items() if name != 'refresh_token')
    for name, values in provider.secrets.items():
        heard = before_logout if name == 'id_token' else in_all
        for value in values:
            assert not [where for where, what in heard if value in what], name
            assert value not in app.log(), name
    # An ID token leaves once: as the hint with which the person signs out at the provider that issued it.
    hints = [what for where, what in in_all if where == 'url' and 'id_token_hint' in what]
    assert all(url.startswith(f'{provider.issuer}/end-session') for url in hints)
    assert len(hints) == 1


async def test_the_cookie_is_out_of_reach_of_scripts(app: AppServer, page: Page, context: BrowserContext) -> None:
    await sign_in(page, app.url)
    cookies = [cookie for cookie in await context.cookies(app.url) if cookie['name'].startswith('stay_signed_in')]
    assert len(cookies) == 2  # the browser's id, and NiceGUI's of `app.storage`
    assert {(cookie['httpOnly'], cookie['sameSite']) for cookie in cookies} == {(True, 'Lax')}
    assert await page.evaluate('document.cookie') == ''
