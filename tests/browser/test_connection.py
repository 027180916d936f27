"""Losing the connection to the app, and getting it back, is told."""

from __future__ import annotations

from playwright.async_api import Page, WebSocketRoute, expect

from tests.browser.conftest import StartApp
from tests.browser.server import AppServer
from tests.browser.tab import sign_in, signed_in_as


async def test_being_offline_is_said_and_being_back_too(app: AppServer, page: Page) -> None:
    await sign_in(page, app.url)
    line = page.get_by_test_id('connection')
    await expect(line).to_be_empty()
    await page.context.set_offline(True)
    await expect(line).to_contain_text('You are offline')
    await page.context.set_offline(False)
    await expect(line).to_contain_text('Connected again')
    await expect(line).to_be_empty()
    await signed_in_as(page, 'Alice Adams')


async def test_a_connection_that_is_made_while_offline_does_not_take_that_back(app: AppServer, page: Page) -> None:
    """The first one may come late; and an app on this machine is reached without any network."""
    await sign_in(page, app.url)
    await page.wait_for_function('socket.connected')
    await page.context.set_offline(True)
    line = page.get_by_test_id('connection')
    await expect(line).to_contain_text('You are offline')
    await page.evaluate("() => socket.listeners('connect').at(-1)()")  # ours, which was added last
    await expect(line).to_contain_text('You are offline')
    await page.context.set_offline(False)
    await expect(line).to_contain_text('Connected again')


async def test_a_blip_while_it_is_said_does_not_make_it_stay(app: AppServer, page: Page) -> None:
    await sign_in(page, app.url)
    line = page.get_by_test_id('connection')
    await page.context.set_offline(True)
    await expect(line).to_contain_text('You are offline')
    await page.context.set_offline(False)
    await expect(line).to_contain_text('Connected again')
    await page.evaluate('() => { socket.disconnect(); socket.connect(); }')
    await expect(line).to_be_empty()


async def test_an_app_that_stops_and_comes_back_is_said(start_app: StartApp, page: Page) -> None:
    app = await start_app()
    await sign_in(page, app.url)
    line = page.get_by_test_id('connection')
    await app.stop()
    await expect(line).to_contain_text('The connection to the app is lost')
    await app.start()
    await expect(line).to_contain_text('Connected again', timeout=30_000)
    await signed_in_as(page, 'Alice Adams')


async def test_an_app_that_stops_before_the_page_was_connected_is_said(app: AppServer, page: Page) -> None:
    await page.route('**/socket.io/**', lambda route: route.abort())
    await page.route_web_socket('**/socket.io/**', lambda route: route.close())
    await page.goto(app.url)
    await expect(page.get_by_test_id('connection')).to_contain_text('The connection to the app is lost')


async def test_a_blip_is_not_worth_a_word(app: AppServer, page: Page) -> None:
    await sign_in(page, app.url)
    await page.evaluate(
        """() => {
          window.said = [];
          const line = document.querySelector('[data-testid=connection]');
          new MutationObserver(() => said.push(line.dataset.state)).observe(line, { attributes: true });
          socket.disconnect();
          socket.connect();
        }"""
    )
    await page.wait_for_function('socket.connected')
    await page.get_by_test_id('renew').click()
    await expect(page.get_by_text('Renewed: this session')).to_be_visible()
    assert await page.evaluate('said') == []


async def test_an_attempt_that_hangs_does_not_keep_a_browser_waiting_that_is_online_again(
    app: AppServer, page: Page
) -> None:
    """One that was begun offline would otherwise take 20 seconds to be given up."""
    routes: list[WebSocketRoute] = []
    hangs = False

    def connect(route: WebSocketRoute) -> None:
        routes.append(route)
        if not hangs:
            route.connect_to_server()

    await page.route_web_socket('**/socket.io/**', connect)
    await sign_in(page, app.url)
    line = page.get_by_test_id('connection')
    await page.wait_for_function('window.socket?.connected')
    hangs = True
    attempts = len(routes)
    await routes[-1].close()
    await expect(line).to_contain_text('The connection to the app is lost')
    await page.wait_for_function('socket.io.engine?.readyState === "opening"')
    assert len(routes) > attempts, 'an attempt is under way'
    hangs = False
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(line).to_contain_text('Connected again', timeout=5000)
