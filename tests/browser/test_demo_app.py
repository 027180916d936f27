"""The whole round in a browser that `app.testing` makes possible for somebody else's app."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from app.testing import serve_demo
from tests.testing.conftest import Suite, write_club


async def test_alice_signs_in_at_the_demo_provider_once_for_all_tabs(page: Page, tmp_path: Path) -> None:
    suite = Suite(tmp_path)
    write_club(suite)
    with serve_demo(tmp_path / 'suite/main.py') as url:
        await page.goto(f'{url}/clock')
        await page.get_by_test_id('demo-user-alice').click()
        await expect(page.get_by_text('tick for Alice Adams')).to_be_visible()
        assert page.url == f'{url}/clock'
        second = await page.context.new_page()
        await second.goto(f'{url}/house/')
        await expect(second.get_by_text('The hall')).to_be_visible()
