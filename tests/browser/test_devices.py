"""Several browsers of a person: what each shows of the others, and what goes with the person from one to the next."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from app.errors import SignedOutElsewhere
from tests.browser.axe import violations
from tests.browser.conftest import StartApp
from tests.browser.server import AppServer
from tests.browser.tab import sign_in, signed_in_as, signed_out
from tests.browser.test_accessibility import SCHEMES, nothing_found
from tests.browser.test_readme import copied

PHONE = 'Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0'
HOST = """
import os

from nicegui import ui

from app import Auth

auth = Auth(base_url=os.environ['BASE_URL'], data_dir=os.environ['DATA_DIR'], demo_token_lifetime=600)


@auth.page('/', optional=True, dark=None)
def home() -> None:
    if auth.user is None:
        auth.login_button()
        return
    ui.input('Note').bind_value(auth.user.storage, 'note')
    auth.devices()
    auth.logout_button('Leave', color=None)


ui.run(
    port=int(os.environ['BASE_URL'].rpartition(':')[2]),
    reload=False,
    show=False,
    title='Host',
    language='en-US',
    storage_secret='host',
)
"""


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """Another browser, on a phone."""
    context = await browser.new_context(user_agent=PHONE, viewport={'width': 360, 'height': 740})
    context.set_default_timeout(15_000)
    yield await context.new_page()
    await context.close()


async def test_a_phone_is_logged_out_from_a_desk_and_stays_so(lasting: AppServer, page: Page, phone: Page) -> None:
    await sign_in(phone, lasting.url)
    await sign_in(page, lasting.url)
    await page.goto(f'{lasting.url}/profile')
    line = page.get_by_test_id('device').filter(has_text='Firefox on Android')
    await expect(line).to_contain_text('Active now')
    await expect(page.get_by_test_id('device').first).to_contain_text('This device')
    await nothing_found(page)
    await line.get_by_role('button', name='Log out Firefox on Android').click()
    await expect(line).to_have_count(0)
    await signed_out(phone)
    await expect(phone.get_by_text(SignedOutElsewhere.title)).to_be_visible()
    await phone.reload()  # the provider knows the phone still, and is not asked
    await signed_out(phone)
    await expect(phone.get_by_text(SignedOutElsewhere.title)).to_be_visible()
    await phone.get_by_test_id('login').click()
    await expect(phone.get_by_test_id('demo-user-alice')).to_be_visible()
    await page.reload()
    await signed_in_as(page, 'Alice ')


async def enter(page: Page, url: str, person: str) -> None:
    """Sign in to the host's app."""
    await page.goto(url)
    await page.get_by_role('link', name='Log in').click()
    await page.get_by_test_id(f'demo-user-{person}').click()
    await expect(page.get_by_test_id('device-this')).to_be_visible()


async def found_nothing_in_its_look(page: Page) -> None:
    """As `nothing_found`, and loaded anew each time, since Quasar fades from one scheme to the other."""
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        await page.reload()
        await expect(page.get_by_role('button', name='Log out everywhere else')).to_be_visible()
        assert await violations(page) == [], scheme
        assert await page.evaluate('document.documentElement.scrollWidth <= innerWidth')


async def test_in_a_hosts_page_what_a_person_keeps_goes_with_them_and_nobody_else_finds_it(
    start_app: StartApp, tmp_path: Path, page: Page, phone: Page
) -> None:
    copied(tmp_path, 'app', 'static')
    (tmp_path / 'host.py').write_text(HOST)
    app = await start_app(script=tmp_path / 'host.py')
    await enter(page, app.url, 'alice')
    await enter(phone, app.url, 'alice')
    await found_nothing_in_its_look(phone)
    await page.get_by_label('Note').fill('only for Alice')
    await phone.reload()
    await expect(phone.get_by_label('Note')).to_have_value('only for Alice')
    await page.get_by_role('button', name='Leave').click()
    await expect(page.get_by_role('link', name='Log in')).to_be_visible()
    await enter(page, app.url, 'bob')
    await expect(page.get_by_label('Note')).to_have_value('')
    await expect(page.get_by_test_id('device')).to_have_count(1)
    await app.stop()
    await app.start()
    await phone.reload()
    await expect(phone.get_by_label('Note')).to_have_value('only for Alice')
