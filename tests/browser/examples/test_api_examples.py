"""The examples that call APIs without a tab, and two of them, from the wheel, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser.examples.installed_app import running
from tests.browser.examples.visit import Round
from tests.package.conftest import LONGEST, Installation

pytestmark = pytest.mark.timeout(LONGEST)  # whoever comes first makes the virtual environment

JOB = {'API_URL': 'URL/demo/api', 'CALLS': '12'}  # for three lifetimes of a token
ALL_DONE = """async () => (await (await fetch('/api/reports')).json()).every(report => report.state === 'Done')"""


async def test_a_background_job_goes_on_without_a_tab(
    installed: Installation, tmp_path: Path, context: BrowserContext
) -> None:
    async with running(installed, tmp_path, 'background_job.py', JOB) as app:
        assert (await context.request.post(f'{app.url}/api/reports')).status == 401
        visit = Round(context, app.url)
        page = await visit.sign_in()
        await page.get_by_role('button', name='Start a report').click()
        await expect(page.get_by_text('Report 1:')).to_be_visible()
        assert (await context.request.post(f'{app.url}/api/reports')).status == 202
        await page.goto(f'{app.url}/api/reports')  # no page of the app is open any more
        await page.wait_for_function(ALL_DONE, polling=500)
        second = await visit.second_tab()
        for number in (1, 2):
            await expect(second.get_by_text(f'Report {number}: 12 calls. Done')).to_be_visible()

        await second.get_by_role('button', name='Start a report').click()
        await expect(second.get_by_text('Report 3: 1 calls')).to_be_visible()
        await visit.log_out(second)
        await second.get_by_role('link', name='Log in', exact=True).click()
        await second.get_by_test_id('demo-user-alice').click()
        await expect(second.get_by_text('Stopped. You are logged out.')).to_be_visible()
        assert app.complaints == []


async def test_a_background_job_that_only_a_browser_can_renew_waits_for_one(
    installed: Installation, tmp_path: Path, context: BrowserContext
) -> None:
    settings = {**JOB, 'STAY_SIGNED_IN_RENEWAL': 'iframe'}
    async with running(installed, tmp_path, 'background_job.py', settings) as app:
        visit = Round(context, app.url)
        page = await visit.sign_in()
        await page.get_by_role('button', name='Start a report').click()
        await expect(page.get_by_text('Report 1:')).to_be_visible()
        await page.goto(f'{app.url}/api/reports')
        await page.wait_for_function(ALL_DONE.replace("=== 'Done'", "!== 'Working'"), polling=500)
        await page.goto(app.url)
        await expect(page.get_by_text('Report 1: 12 calls. Done')).to_be_visible(timeout=30_000)


async def test_two_apis(installed: Installation, tmp_path: Path, context: BrowserContext) -> None:
    apis = {'API_URL': 'URL/demo/api', 'REPORTS_URL': 'URL/demo/reports'}
    async with running(installed, tmp_path, 'two_apis.py', apis) as app:
        visit = Round(context, app.url)
        page = await visit.sign_in()
        for _ in range(2):
            await page.get_by_role('button', name='Messages and visits').click()
            await expect(page.get_by_text('0 messages, 38 visits').last).to_be_visible()
            await visit.stays_signed_in(page)
        await visit.log_out(page, await visit.second_tab())
        assert app.complaints == []
