"""Log out, where only a browser shows that it means out."""

from __future__ import annotations

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import StartApp
from tests.browser.server import AppServer
from tests.browser.tab import sign_in, signed_out
from tests.browser.test_silent_sign_in import forget_the_app
from tests.provider import RecordingProvider


async def test_who_logs_out_when_the_cookie_is_gone_is_not_signed_in_again(
    app: AppServer, provider: RecordingProvider, context: BrowserContext, page: Page
) -> None:
    await sign_in(page, app.url)
    await forget_the_app(context)
    await page.route('**/end-session**', lambda route: route.fulfill(status=303, headers={'Location': app.url}))
    await page.get_by_test_id('logout').click()
    await expect(page.get_by_text('You are logged out, in all tabs of this browser.')).to_be_visible()
    provider.requests.clear()
    for _ in range(2):
        await page.reload()
        await signed_out(page)
        assert await page.get_by_test_id('checking').count() == 0
    assert set(provider.requests) <= {'/revoke'}


@pytest.mark.parametrize('method', ['get', 'post'])
async def test_many_groups_do_not_keep_the_provider_from_ending_its_session(
    start_against: StartApp, provider: RecordingProvider, page: Page, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = {'groups': [f'group-{number:040}' for number in range(150)]}
    monkeypatch.setattr(
        'app.demo.people.Person.claims', lambda self, _: {'sub': self.subject, 'name': self.name, **groups}
    )
    app = await start_against(OIDC_SCOPE='openid profile email offline_access', LOGOUT_METHOD=method)
    await sign_in(page, app.url)
    await page.get_by_test_id('logout').click()
    if method == 'get':  # without the hint it asks first
        await page.get_by_role('button', name='Sign out of the demo provider').click()
        await expect(page.get_by_text('You are signed out of the demo provider.')).to_be_visible()
        await page.goto(app.url)
    await signed_out(page)
    await page.get_by_test_id('login').click()
    await expect(page.get_by_test_id('demo-user-alice')).to_be_visible()
    assert '/end-session' in provider.requests
