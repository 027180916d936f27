"""Each example, as its docstring has it started, from the wheel, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.browser.examples.installed_app import running
from tests.browser.examples.visit import Round
from tests.package.conftest import LONGEST, Installation

pytestmark = pytest.mark.timeout(LONGEST)  # whoever comes first makes the virtual environment


async def test_minimal(installed: Installation, tmp_path: Path, context: BrowserContext) -> None:
    async with running(installed, tmp_path, 'minimal.py') as app:
        visit = Round(context, app.url)
        page = await visit.sign_in(path='/?tab=1#there')
        await visit.greets(page)
        await visit.stays_signed_in(page, 3)
        second = await visit.second_tab()
        await visit.log_out(page, second)
        assert visit.astray == set()
        assert app.complaints == []


async def test_roles(installed: Installation, tmp_path: Path, context: BrowserContext) -> None:
    async with running(installed, tmp_path, 'roles.py') as app:
        visit = Round(context, app.url)
        page = await visit.sign_in(path='/articles')
        await expect(page.get_by_text('Articles, for editors')).to_be_visible()
        await page.get_by_role('button', name='Publish').click()
        await expect(page.get_by_text('Published')).to_be_visible()
        await visit.stays_signed_in(page)

        second = await visit.second_tab('/people')
        third = await context.new_page()
        await third.goto(f'{app.url}/admin')
        await expect(third.get_by_text('The page of admins')).to_be_visible()
        await second.get_by_role('button', name='Give the role away').click()
        await expect(second.get_by_text('is for people with the role admin')).to_be_visible()
        await expect(third.get_by_text('which you have no longer')).to_be_visible()
        await page.get_by_role('button', name='Publish').click()
        await expect(page.get_by_text('This needs the role admin')).to_be_visible()
        await page.get_by_role('link', name='Overview').click()
        await expect(page.get_by_text('Your roles: editor')).to_be_visible()

        await visit.log_out(page, second)
        assert app.complaints == []


async def test_users_in_sqlite(
    installed: Installation, tmp_path: Path, context: BrowserContext, browser: Browser
) -> None:
    async with running(installed, tmp_path, 'users_in_sqlite.py', {'USERS_DB': str(tmp_path / 'users.db')}) as app:
        visit = Round(context, app.url)
        page = await visit.sign_in()
        await expect(page.get_by_text('Your role: owner')).to_be_visible()
        await visit.stays_signed_in(page)

        other = await browser.new_context()
        bobs = Round(other, app.url, 'Hello Bob Brown')
        theirs = await bobs.sign_in('bob')
        await expect(theirs.get_by_text('Your role: guest')).to_be_visible()
        await page.reload()
        await page.get_by_role('button', name='Block Bob Brown').click()
        told = theirs.get_by_role('heading', name='You were logged out by an administrator')
        await expect(told).to_be_visible()
        await theirs.goto(f'{app.url}/login')
        await theirs.get_by_test_id('demo-user-bob').click()
        await expect(theirs.get_by_text('Your account is blocked. Ask the owner of this app.')).to_be_visible()
        await expect(theirs.get_by_role('link', name='Log in as somebody else')).to_be_visible()
        await other.close()

        await page.reload()
        await expect(page.get_by_text('Bob Brown, guest, blocked')).to_be_visible()
        await expect(page.get_by_text('(signed_out_by_admin)')).to_be_visible()
        await visit.log_out(page, await visit.second_tab())
        assert app.complaints == ['GET /callback: denied: Your account is blocked. Ask the owner of this app.']


async def test_api_call(installed: Installation, tmp_path: Path, context: BrowserContext) -> None:
    async with running(installed, tmp_path, 'api_call.py', {'API_URL': 'URL/demo/api'}) as app:
        visit = Round(context, app.url)
        page = await visit.sign_in()
        await visit.stays_signed_in(page)
        await page.get_by_role('button', name='What does the API say?').click()
        await expect(page.get_by_text('It knows Alice Adams')).to_be_visible()
        await visit.log_out(page, await visit.second_tab())
        assert app.complaints == []


async def test_step_up(installed: Installation, tmp_path: Path, context: BrowserContext) -> None:
    async with running(installed, tmp_path, 'step_up.py') as app:
        visit = Round(context, app.url)
        page = await visit.sign_in()
        await page.get_by_label('To whom').fill('Bob')
        await page.get_by_role('button', name='Pay').click()
        await expect(page.get_by_text('Paid')).to_be_visible()
        await page.get_by_role('button', name='Read the messages').click()
        async with page.expect_popup():
            await page.get_by_role('button', name='Allow read:messages').click()
        await expect(page.get_by_text('This needs your permission')).not_to_be_visible()
        await page.get_by_role('button', name='Read the messages').click()
        await expect(page.get_by_text('No messages')).to_be_visible()
        await expect(page.get_by_label('To whom')).to_have_value('Bob')
        await visit.stays_signed_in(page)
        await page.get_by_role('button', name='Read the messages').click()
        await expect(page.get_by_text('No messages').last).to_be_visible()
        assert app.complaints == []


async def test_several_providers(installed: Installation, tmp_path: Path, context: BrowserContext) -> None:
    async with running(installed, tmp_path, 'several_providers.py') as app:
        visit = Round(context, app.url, 'Hello Alice Adams of company')
        page = await context.new_page()
        await page.goto(app.url)
        await page.get_by_role('link', name='Log in with the company').click()
        await page.get_by_test_id('demo-user-alice').click()
        await visit.greets(page)
        await visit.stays_signed_in(page)
        second = await visit.second_tab()
        await second.get_by_role('link', name='For partners').click()
        await expect(second.get_by_text('You may not see this page')).to_be_visible()
        await second.get_by_role('link', name='Log in as somebody else').click()
        await second.get_by_role('link', name='A partner').click()
        await second.get_by_test_id('demo-user-alice').click()
        await expect(second.get_by_text(f'You are demo|alice at {app.url}/demo/partner')).to_be_visible()
        await expect(page.get_by_text('of company')).to_be_hidden()  # who is another person, though of the same name
        await second.get_by_test_id('logout').click()
        await expect(second).to_have_url(f'{app.url}/')
        await expect(second.get_by_text('Hello stranger')).to_be_visible()
        assert app.complaints == []
