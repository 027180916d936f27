"""Log out in somebody's app, whatever its policy lets forms do."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import StartApp
from tests.browser.notices.conftest import open_as
from tests.provider import RecordingProvider


async def test_log_out_works_where_the_page_lets_forms_go_nowhere_else(
    provider: RecordingProvider, start_host: StartApp, page: Page
) -> None:
    app = await start_host(HOST_POLICY="form-action 'self'")
    await open_as(page, app)
    provider.requests.clear()
    await page.get_by_test_id('logout').click()
    await expect(page.get_by_test_id('login').first).to_be_visible()
    assert '/end-session' in provider.requests
    await page.goto(f'{app.url}/private')
    await expect(page.get_by_role('heading', level=1)).to_have_text('You are logged out')


async def test_a_long_id_token_goes_in_a_form_there_too(
    provider: RecordingProvider, start_host: StartApp, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is our own page that posts it, whose policy is ours."""
    groups = {'groups': [f'group-{number:040}' for number in range(150)]}
    monkeypatch.setattr(
        'app.demo.people.Person.claims', lambda self, _: {'sub': self.subject, 'name': self.name, **groups}
    )
    app = await start_host(HOST_POLICY="form-action 'self'", LOGOUT_METHOD='post')
    await open_as(page, app)
    provider.requests.clear()
    await page.get_by_test_id('logout').click()
    await expect(page.get_by_test_id('login').first).to_be_visible()
    assert '/end-session' in provider.requests


async def test_a_logout_that_a_script_can_not_send_is_sent_as_a_form(start_host: StartApp, page: Page) -> None:
    app = await start_host()
    await open_as(page, app)

    async def refuse_scripts(route: Route) -> None:
        await (route.abort() if route.request.headers['accept'] == 'application/json' else route.continue_())

    await page.route('**/logout', refuse_scripts)
    await page.get_by_test_id('logout').click()
    await expect(page.get_by_test_id('login').first).to_be_visible()


async def test_a_form_of_an_earlier_session_leads_to_the_page_that_asks(start_host: StartApp, page: Page) -> None:
    app = await start_host()
    await open_as(page, app)
    await page.evaluate("document.querySelector('[name=session]').value = 'of an earlier one'")
    await page.get_by_test_id('logout').click()
    await expect(page.get_by_role('heading', level=1)).to_have_text('Log out?')
    await page.get_by_test_id('logout').click()
    await expect(page.get_by_test_id('login').first).to_be_visible()
