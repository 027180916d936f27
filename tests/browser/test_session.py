"""The session page shows what happens while it happens."""

from __future__ import annotations

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.apps import SharedApps
from tests.browser.conftest import StartApp
from tests.browser.server import AppServer
from tests.browser.tab import log_out, renewals, renewed, sign_in, signed_out
from tests.provider import RecordingProvider

SCOPE = 'openid profile email read:messages write:messages'
WATCH_LAYOUT = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      for (const { node } of entry.sources) {
        const element = node?.nodeType === Node.TEXT_NODE ? node.parentElement : node;
        if (!element?.closest('.log')) shifts.push(element?.outerHTML.slice(0, 120) ?? 'unknown');
      }
  }).observe({ type: 'layout-shift' });
}"""


async def open_session(page: Page, url: str, person: str = 'alice') -> None:
    await sign_in(page, url, person)
    await page.get_by_role('link', name='Session').click()
    await expect(page.get_by_role('heading', level=1)).to_have_text('Session')


async def test_renewals_show_by_themselves_in_the_ring_the_timeline_and_the_log(demo: AppServer, page: Page) -> None:
    loads: list[str] = []
    await open_session(page, demo.url)
    page.on('load', lambda _: loads.append(page.url))
    first = await page.get_by_test_id('expires-at').get_attribute('data-epoch')
    await renewed(page, 2)
    log, chart = page.get_by_test_id('log'), page.locator('.timeline svg')
    await page.wait_for_function(
        """() => document.querySelectorAll('[data-testid=log] li[data-kind=renewed]').length
          === Number(document.querySelector('[data-testid=renewal-count]').innerText)"""
    )
    await expect(log.locator('li').last).to_contain_text('Logged in')
    await expect(log.locator('li').first).to_contain_text('In a hidden frame, in')
    await expect(chart).to_contain_text('#2')
    await expect(page.locator('.ring-mark')).to_have_count(1)
    await expect(page.get_by_test_id('took')).to_contain_text('ms')
    assert await page.get_by_test_id('expires-at').get_attribute('data-epoch') != first
    assert loads == []


async def test_the_ring_empties_towards_its_mark(start_app: StartApp, page: Page) -> None:
    app = await start_app(DEMO_TOKEN_LIFETIME='20')
    await open_session(page, app.url)
    left = page.locator('.ring-left')

    async def share() -> float:
        return float((await left.get_attribute('stroke-dasharray') or '').split()[0])

    before = await share()
    assert 75 < before <= 100
    await page.wait_for_function(
        "before => parseFloat(document.querySelector('.ring-left').getAttribute('stroke-dasharray')) < before - 5",
        arg=before,
    )
    assert await page.locator('.ring-mark').get_attribute('transform') == 'rotate(90 60 60)'  # a quarter is left then


async def test_why_a_renewal_failed_stands_in_the_log(
    provider: RecordingProvider, start_against: StartApp, page: Page
) -> None:
    app = await start_against()
    provider.token_lifetime = 600
    await open_session(page, app.url)
    provider.answer('/token', {'error': 'temporarily_unavailable', 'error_description': '<i>Closed</i>'}, 400)
    await page.get_by_test_id('renew-now').click()
    failed = page.get_by_test_id('log').locator('li[data-kind=failed]').last
    await expect(failed).to_contain_text('The sign-in service has a problem (temporarily_unavailable)')
    await expect(failed).to_contain_text('“<i>Closed</i>”')  # quoted as text
    await expect(page.get_by_test_id('plan')).to_contain_text('It is tried again by itself')
    provider.behave()
    await expect(page.get_by_test_id('log').locator('li').first).to_contain_text('Renewed')


async def test_tabs_come_and_go_before_ones_eyes(lasting: AppServer, context: BrowserContext, page: Page) -> None:
    await open_session(page, lasting.url)
    tabs = page.get_by_test_id('tabs').locator('li')
    await expect(tabs).to_have_count(1)
    await expect(tabs).to_contain_text('/session (this tab)')
    second = await context.new_page()
    await second.goto(f'{lasting.url}/profile')
    await expect(tabs).to_have_count(2)
    await expect(tabs.last).to_contain_text('/profile')
    await second.get_by_role('link', name='Home', exact=True).click()
    await expect(tabs.last).not_to_contain_text('/profile')
    await second.reload()
    await expect(tabs.last).not_to_contain_text('closed')
    await expect(tabs).to_have_count(2)
    await second.evaluate('socket.io.reconnection(false), socket.io.engine.close(), null')
    await expect(tabs.last).to_contain_text('closed or offline')
    await second.close()
    await expect(tabs).to_have_count(1, timeout=30_000)


async def test_what_happened_is_still_there_after_a_reload(demo: AppServer, page: Page) -> None:
    await open_session(page, demo.url)
    await renewed(page, 1)
    await page.reload()
    await expect(page.get_by_test_id('log').locator('li').last).to_contain_text('Logged in')
    await expect(page.get_by_test_id('log').locator('li[data-kind=renewed]').first).to_be_visible()


async def test_the_claims_are_explained_and_the_access_token_described(start_app: StartApp, page: Page) -> None:
    app = await start_app()
    await open_session(page, app.url)
    claims = page.get_by_test_id('id-token')
    await expect(claims.locator('dt', has_text='aud')).to_be_visible()
    await expect(claims).to_contain_text('It has to be this app’s client ID.')
    await expect(claims).to_contain_text('when you really logged in at the provider')
    described = page.get_by_test_id('access-token')
    await expect(described).to_contain_text('JWT, as RFC 9068 has it')
    await expect(described).to_contain_text('write:messages')
    await expect(described).to_contain_text('120 seconds')


async def test_nothing_on_the_page_moves_while_the_numbers_change(shared_apps: SharedApps, page: Page) -> None:
    app = await shared_apps.running(DEMO_TOKEN_LIFETIME='6')  # so that a busy machine has nothing to warn of
    await open_session(page, app.url)
    await page.get_by_test_id('renew-now').click()
    await renewed(page, 1)  # the log has grown once
    await page.locator('.timeline svg').wait_for()
    for path in ('/session', '/'):
        await page.goto(f'{app.url}{path}')
        await page.get_by_test_id('expires-at').wait_for()
        await page.wait_for_load_state('networkidle')
        await page.evaluate(WATCH_LAYOUT)
        count = await renewals(page)
        await renewed(page, count + 1)
        assert await page.evaluate('shifts') == []


async def test_it_works_by_keyboard(lasting: AppServer, page: Page) -> None:
    await sign_in(page, lasting.url)
    await page.keyboard.press('Tab')
    for _ in range(20):
        if await page.evaluate('document.activeElement.getAttribute("href")') == '/session':
            break
        await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect(page.get_by_role('heading', level=1)).to_have_text('Session')
    for _ in range(20):
        if await page.evaluate('document.activeElement.dataset.testid') == 'renew-now':
            break
        await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await renewed(page, 1)


async def test_the_admin_page_is_for_those_who_were_granted_its_scope(lasting: AppServer, page: Page) -> None:
    await sign_in(page, lasting.url, 'alice')
    await page.get_by_role('link', name='Admin').click()
    await expect(page.get_by_test_id('figures')).to_contain_text('Open tabs')
    await log_out(page)
    await sign_in(page, lasting.url, 'bob')
    await expect(page.get_by_role('link', name='Admin')).to_be_hidden()
    await page.goto(f'{lasting.url}/admin')
    await expect(page.get_by_role('heading', level=1)).to_have_text('You may not see this page')
    await expect(page.get_by_text('has not granted to you: write:messages.')).to_be_visible()
    await expect(page.get_by_test_id('figures')).to_be_hidden()
    await page.get_by_role('link', name='Log in as somebody else').click()
    await page.get_by_test_id('demo-user-alice').click()
    await expect(page).to_have_url(f'{lasting.url}/admin')
    await expect(page.get_by_test_id('figures')).to_be_visible()


@pytest.mark.parametrize('narrower', ['openid profile email read:messages'])
async def test_a_scope_that_a_renewal_no_longer_grants_closes_the_page(
    provider: RecordingProvider, start_against: StartApp, page: Page, narrower: str
) -> None:
    app = await start_against(OIDC_SCOPE=SCOPE)
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    await page.get_by_role('link', name='Admin').click()
    await expect(page.get_by_test_id('figures')).to_be_visible()
    provider.grant_only(narrower)
    await page.get_by_test_id('renew').click()
    await expect(page.get_by_role('heading', level=1)).to_have_text('You may not see this page')
    await expect(page.get_by_role('link', name='Admin')).to_be_hidden()
    provider.behave()
    await page.get_by_test_id('renew').click()
    await expect(page.get_by_test_id('figures')).to_be_visible()


async def test_what_was_drawn_is_gone_when_somebody_logs_out_in_another_tab(demo: AppServer, page: Page) -> None:
    await open_session(page, demo.url)
    other = await page.context.new_page()
    await other.goto(demo.url)
    await other.get_by_test_id('logout').click()
    await signed_out(page)
    assert 'has been deleted' not in demo.log()
