"""The examples where apps are deployed: below a path of nginx, inside somebody's FastAPI, and beside each other."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.browser.examples.installed_app import EXAMPLES, InstalledApp, running
from tests.browser.examples.visit import Round
from tests.browser.nginx import Location, nginx
from tests.browser.server import free_port
from tests.package.conftest import LONGEST, Installation

pytestmark = pytest.mark.timeout(LONGEST)  # whoever comes first makes the virtual environment
STRIPPED, KEPT = '/stripped', '/kept'

KEPT_FILE = f"""
from nicegui import app

app.root_path = {KEPT!r}

import roles
"""
CATCH_ALL = """
from nicegui import ui
from stay_signed_in import Auth


@ui.page('/{_:path}')
def everything() -> None:
    ui.label(f'Hello {auth.user.name}' if auth.user else 'Hello stranger')
    auth.login_button()
    auth.logout_button()
    ui.sub_pages({'/': lambda: None, '/admin': admin}, show_404=False)


auth = Auth()


@auth.require(role='admin')
def admin() -> None:
    ui.label('The page of admins')


ui.run()
"""


@dataclass(frozen=True)
class Behind:
    """Where nginx is, and the app behind each of its paths."""

    origin: str
    apps: dict[str, InstalledApp]


@pytest.fixture(scope='module')
async def behind(installed: Installation, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Behind]:
    """The example with roles twice behind one nginx, which takes the path of one off, and leaves that of the other."""
    port, folder = free_port(), tmp_path_factory.mktemp('nginx')
    origin, apps = f'http://localhost:{port}', {}
    for path, text in {STRIPPED: 'import roles', KEPT: KEPT_FILE}.items():
        (folder / path[1:]).mkdir()
        shutil.copy(EXAMPLES / 'roles.py', folder / path[1:])
        (folder / path[1:] / 'below.py').write_text(text)
    async with AsyncExitStack() as stack:
        for path in (STRIPPED, KEPT):
            settings = {'STAY_SIGNED_IN_BASE_URL': origin + path, 'STAY_SIGNED_IN_TRUSTED_PROXIES': '127.0.0.1'}
            apps[path] = await stack.enter_async_context(running(installed, folder / path[1:], 'below.py', settings))
        locations = [
            Location(STRIPPED, apps[STRIPPED].port, strips=True, tells=True),
            Location(KEPT, apps[KEPT].port, strips=False),
        ]
        await stack.enter_async_context(nginx(folder, port, locations))
        yield Behind(origin, apps)


@pytest.mark.parametrize('path', [STRIPPED, KEPT])
async def test_below_a_path_of_nginx(behind: Behind, path: str, browser: Browser, context: BrowserContext) -> None:
    visit = Round(context, behind.origin + path)
    page = await visit.sign_in(path='/articles?tab=1#there')
    await expect(page.get_by_text('Articles, for editors')).to_be_visible()
    await visit.stays_signed_in(page)
    second = await visit.second_tab('/people')
    await second.get_by_role('link', name='Articles').click()
    await expect(second).to_have_url(f'{visit.url}/articles')
    await second.goto(f'{visit.url}/admin')
    await expect(second.get_by_text('The page of admins')).to_be_visible()
    await visit.log_out(page, await visit.second_tab())
    assert visit.astray == set()

    async with await browser.new_context() as others:
        as_bob = Round(others, visit.url)
        await as_bob.is_turned_away(await as_bob.sign_in('bob', '/people'), '/admin', 'admin')
        assert as_bob.astray == set()
    assert behind.apps[path].complaints == []


async def test_two_apps_on_one_host_know_nothing_of_each_other(
    behind: Behind, installed: Installation, tmp_path: Path, context: BrowserContext
) -> None:
    """Below two paths of one port, and at a port of its own."""
    async with running(installed, tmp_path, 'minimal.py') as third:
        urls = (behind.origin + STRIPPED, behind.origin + KEPT, third.url)
        visits = [Round(context, url) for url in urls]
        pages = [await visit.sign_in() for visit in visits]
        await visits[0].log_out(pages[0])
        for visit, page in zip(visits[1:], pages[1:], strict=True):
            await visit.stays_signed_in(page, 1)
            await visit.second_tab()
        await visits[2].log_out(pages[2])
        await visits[1].second_tab()


async def test_inside_somebodys_fastapi_which_uvicorn_reloads(
    installed: Installation, tmp_path: Path, browser: Browser, context: BrowserContext
) -> None:
    async with running(installed, tmp_path, 'fastapi_below_a_path.py', by_uvicorn=True) as app:
        visit = Round(context, f'{app.url}/gui')
        own, api = context.request, f'{app.url}/api'
        assert (await own.get(f'{api}/me')).status == 401
        assert await (await own.get(f'{app.url}/login')).json() == {'visits': 1}
        page = await visit.sign_in(path='/?tab=1#there')
        await visit.greets(page)
        await visit.stays_signed_in(page)
        second = await visit.second_tab()
        await second.get_by_role('link', name='Admin').click()
        await expect(second).to_have_url(f'{visit.url}/admin')
        await expect(second.get_by_text('The page of admins')).to_be_visible()
        assert await (await own.get(f'{api}/me')).json() == {'name': 'Alice Adams'}
        assert (await own.get(f'{api}/numbers')).status == 200

        (tmp_path / 'fastapi_below_a_path.py').touch()  # the server starts anew, and the page is loaded anew by itself
        await page.wait_for_function('document.before === undefined', timeout=40_000)
        await visit.greets(page)
        await visit.stays_signed_in(page, 1)

        await visit.log_out(page, await visit.second_tab())
        assert (await own.get(f'{api}/me')).status == 401
        assert await (await own.get(f'{app.url}/login')).json() == {'visits': 2}  # the host's session outlives it
        assert visit.astray == set()

        async with await browser.new_context() as others:
            as_bob = Round(others, visit.url)
            await as_bob.is_turned_away(await as_bob.sign_in('bob'), '/admin', 'admin')
            assert (await others.request.get(f'{api}/numbers')).status == 403
        assert app.complaints == []


async def test_beside_a_page_that_takes_everything(
    installed: Installation, tmp_path: Path, context: BrowserContext
) -> None:
    (tmp_path / 'catch_all.py').write_text(CATCH_ALL)
    async with running(installed, tmp_path, 'catch_all.py') as app:
        visit = Round(context, app.url)
        page = await context.new_page()
        await page.goto(f'{app.url}/any/where?tab=1#there')
        await page.get_by_test_id('login').click()
        await page.get_by_test_id('demo-user-alice').click()
        await expect(page).to_have_url(f'{app.url}/any/where?tab=1#there')
        await visit.greets(page)
        await visit.stays_signed_in(page)
        second = await visit.second_tab('/admin')
        await expect(second.get_by_text('The page of admins')).to_be_visible()
        await page.get_by_test_id('logout').click()
        await expect(page.get_by_text('Hello stranger')).to_be_visible()
        await expect(second.get_by_text(visit.greeting)).to_be_hidden()
        await page.goto(f'{app.url}/admin')
        await expect(page.get_by_text('Hello stranger')).to_be_visible()
        await expect(page.get_by_text('Please log in', exact=True)).to_be_visible()
        assert visit.astray == set()
        assert app.complaints == []
