"""What the README shows is run as it stands there, in a folder of its own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.conftest import StartApp
from tests.browser.server import ROOT, free_port

README = (ROOT / 'README.md').read_text(encoding='utf-8')


def blocks(section: str) -> list[str]:
    """The pieces of code in a section."""
    text = README.split(f'## {section}\n')[1].split('\n## ')[0]
    return re.findall(r'```(?:python|text)\n(.*?)```', text, re.DOTALL)


def copied(folder: Path, *names: str) -> None:
    for name in names:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        else:
            shutil.copy(ROOT / name, folder)


async def test_a_page_is_added_with_one_file_and_one_line(start_app: StartApp, tmp_path: Path, page: Page) -> None:
    copied(tmp_path, 'app', 'pages', 'static', 'main.py')
    code, line = blocks('Add a page')
    (tmp_path / 'pages/hello.py').write_text(code)
    table = tmp_path / 'pages/__init__.py'
    table.write_text(table.read_text().replace('PAGES = (\n', f'PAGES = (\n{line}'))
    app = await start_app(script=tmp_path / 'main.py')
    await page.goto(f'{app.url}/hello')
    await page.get_by_test_id('demo-user-alice').click()
    await expect(page).to_have_url(f'{app.url}/hello')
    await expect(page.get_by_text('Hello Alice Adams!')).to_be_visible()
    await expect(page.get_by_role('link', name='Hello')).to_have_attribute('aria-current', 'page')


async def test_another_nicegui_app_gets_this_sign_in_with_three_lines(
    start_app: StartApp, tmp_path: Path, page: Page
) -> None:
    (code,) = blocks('Put it into your own NiceGUI app')
    assert code.count('auth') == 4
    port = free_port()
    told = code.replace('ui.run()', f'ui.run(port={port}, reload=False, show=False)')
    (tmp_path / 'my_app.py').write_text(told)
    app = await start_app(port, tmp_path / 'my_app.py', STAY_SIGNED_IN_DEMO_TOKEN_LIFETIME='4')
    await page.goto(app.url)
    await page.get_by_test_id('demo-user-alice').click()
    await expect(page.get_by_text('Hello Alice Adams!')).to_be_visible()
    for _ in range(3):
        async with page.expect_response(lambda response: '/silent' in response.url):
            pass
    await expect(page.get_by_text('Hello Alice Adams!')).to_be_visible()
    await page.get_by_role('button', name='Log out').click()
    await expect(page.get_by_role('heading', name='You are logged out')).to_be_visible()
