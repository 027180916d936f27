"""Two providers at once, the demo and npm `oidc-provider`, in a real browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import StartApp
from tests.browser.oidc_provider import WIRED, oidc_provider
from tests.browser.server import AppServer, reserved_port
from tests.browser.test_accessibility import nothing_found

SUBJECT = 'demo|alice'  # of the demo's Alice, and of whoever says so at the other one


@dataclass
class Both:
    """The app, and the issuers of its two providers."""

    app: AppServer
    demo: str
    work: str

    async def sign_in(self, page: Page, provider: str) -> None:
        """Open a page for those who are signed in, choose where to sign in, and do so."""
        await page.goto(f'{self.app.url}/profile')
        await page.locator(f'[data-provider={provider}]').click()
        if provider == 'demo':
            await page.get_by_test_id('demo-user-alice').click()
        else:
            await page.locator('[name=login]').fill(SUBJECT)
            await page.locator('[name=password]').fill('any')
            await page.locator('[type=submit]').click()


def addresses_asked_by(page: Page) -> set[str]:
    """All that it asks for from now on, without the queries."""
    asked: set[str] = set()
    page.on('request', lambda request: asked.add(request.url.partition('?')[0]))
    return asked


@pytest.fixture
async def both(start_app: StartApp) -> AsyncIterator[Both]:
    with reserved_port() as port:
        async with oidc_provider(f'http://localhost:{port}', 'work') as issuer:
            app = await start_app(
                port, OIDC_PROVIDERS='demo,work', OIDC_WORK_ISSUER=issuer, DEMO_TOKEN_LIFETIME='600', **WIRED
            )
            yield Both(app, f'{app.url}/demo/demo', issuer)


@pytest.fixture
async def other(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Another person's browser."""
    context = await browser.new_context()
    context.set_default_timeout(15_000)
    yield context
    await context.close()


async def test_the_same_subject_at_both_is_two_people_each_renewed_and_logged_out_at_their_own(
    both: Both, page: Page, other: BrowserContext
) -> None:
    second = await other.new_page()
    asked = {page: addresses_asked_by(page), second: addresses_asked_by(second)}
    for tab, provider, name in ((page, 'demo', 'Alice Adams'), (second, 'work', SUBJECT)):
        await both.sign_in(tab, provider)
        await expect(tab).to_have_url(f'{both.app.url}/profile')
        await expect(tab.get_by_test_id('user-name')).to_have_text(name)
        await expect(tab.get_by_text(SUBJECT).first).to_be_attached()  # among all claims
        await expect(tab.get_by_test_id('device')).to_have_count(1)
        await tab.goto(f'{both.app.url}/session')
        await tab.get_by_test_id('renew').click()
        await expect(tab.get_by_test_id('renewal-count')).to_have_text('1')
        assert f'{both.app.url}/silent/{provider}' in asked[tab]
    assert not [url for url in asked[page] if url.startswith(both.work)]
    assert not [url for url in asked[second] if url.startswith(both.demo)]

    await second.get_by_test_id('logout').click()
    await second.get_by_role('button', name='Yes, sign me out').click()
    await expect(second).to_have_url(f'{both.app.url}/')
    assert f'{both.work}/session/end' in asked[second]
    assert not [url for url in asked[second] if url.startswith(both.demo)]
    await page.reload()
    await expect(page.get_by_test_id('user-name')).to_have_text('Alice Adams')

    await second.goto(f'{both.app.url}/login')
    await expect(second.locator('[data-provider]').first).to_contain_text('You logged in here last time')
    await nothing_found(second)
    await second.keyboard.press('Tab')
    await second.keyboard.press('Tab')
    await second.keyboard.press('Enter')
    await expect(second).to_have_url(re.compile(re.escape(both.work)))


async def test_a_code_of_one_that_is_brought_to_the_other_s_redirect_uri_is_refused(both: Both, page: Page) -> None:
    await both.sign_in(page, 'work')
    await expect(page.get_by_test_id('user-name')).to_have_text(SUBJECT)
    url = f'{both.app.url}/login?provider=work'
    for _ in range(2):  # to the provider, which knows who is there, and back
        url = (await page.request.get(url, max_redirects=0)).headers['location']
    assert url.startswith(f'{both.app.url}/callback/work?code=')
    await page.goto(url.replace('/callback/work', '/callback/demo'))
    await expect(page.get_by_test_id('error-code')).to_have_text('mixed_up')
    await page.goto(f'{both.app.url}/profile')
    await expect(page.get_by_test_id('user-name')).to_have_text(SUBJECT)


async def test_a_provider_that_sends_the_silent_frame_on_to_the_other_one_gets_no_code_of_that(
    both: Both, page: Page
) -> None:
    """The mix-up of RFC 9700 §4.4, without a click."""
    await both.sign_in(page, 'work')  # which knows the browser from now on
    await expect(page.get_by_test_id('user-name')).to_have_text(SUBJECT)
    authorize = (await page.request.get(f'{both.app.url}/login?provider=work', max_redirects=0)).headers['location']
    await page.goto(f'{both.app.url}/login?provider=demo&return_to=/session')
    await page.get_by_test_id('demo-user-alice').click()
    await expect(page.get_by_test_id('user-name')).to_have_text('Alice Adams')

    async def to_the_other(route: Route) -> None:
        asked = dict(parse_qsl(urlsplit(route.request.url).query))
        theirs = dict(parse_qsl(urlsplit(authorize).query)) | {'state': asked['state'], 'prompt': 'none'}
        theirs['redirect_uri'] = f'{both.app.url}/silent/work'
        await route.fulfill(status=303, headers={'Location': f'{both.work}/auth?{urlencode(theirs)}'})

    await page.route(f'{both.demo}/authorize?*', to_the_other)
    async with page.expect_request(f'{both.app.url}/silent/work?code=*'):
        await page.get_by_test_id('renew').click()
    await expect(page.get_by_text('The answer came from another sign-in service than was asked').first).to_be_visible()
    await expect(page.get_by_test_id('renewal-count')).to_have_text('0')
