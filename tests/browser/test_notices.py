"""What somebody else's app shows by itself when a session ends while its page is open."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, WebSocket, expect

from tests.browser.apps import SharedProvider
from tests.browser.conftest import CLIENT_SECRET, StartApp
from tests.browser.server import AppServer
from tests.browser.test_accessibility import nothing_found
from tests.provider import CLIENT_ID, RecordingProvider

HOST_APP = Path(__file__).parent / 'host_app.py'
LAYOUT = "[...document.querySelectorAll('[data-testid]')].map((one) => JSON.stringify(one.getBoundingClientRect()))"
REFUSAL = ({'error': 'invalid_grant'}, 400)


@pytest.fixture
def start_host(start_app: StartApp, shared_provider: SharedProvider) -> StartApp:
    """Starts somebody's app, against the provider that can be watched."""

    async def start(**settings: str) -> AppServer:
        registration = {
            'OIDC_ISSUER': shared_provider.provider.issuer,
            'OIDC_CLIENT_ID': CLIENT_ID,
            'OIDC_CLIENT_SECRET': CLIENT_SECRET,
            'OIDC_SCOPE': 'openid profile email offline_access',
            **{name if name.startswith('HOST_') else f'STAY_SIGNED_IN_{name}': settings[name] for name in settings},
        }
        shared_provider.provider.token_lifetime = 600
        return await start_app(shared_provider.port_for({'HOST_APP': 'host', **settings}), HOST_APP, **registration)

    return start


async def open_as(page: Page, app: AppServer, person: str = 'alice') -> None:
    await page.goto(app.url)
    await page.get_by_role('link', name='Log in').click()
    await page.get_by_test_id(f'demo-user-{person}').click()
    await expect(page.get_by_test_id('ticks')).to_contain_text(f'The balance of {person.capitalize()}')


async def type_something(page: Page) -> None:
    await page.get_by_label('Note').fill('half a sent')
    await page.get_by_role('button', name='Notify').click()
    await page.get_by_role('button', name='Open').click()
    await page.get_by_label('In the dialog').fill('half a word')


async def log_out_in_another_tab(context: BrowserContext, app: AppServer) -> Page:
    """The other tab, which shows visitors something that ticks as fast."""
    other = await context.new_page()
    await other.goto(app.url)
    await other.get_by_role('button', name='Log out').click()
    await expect(other.get_by_role('link', name='Log in')).to_be_visible()
    return other


async def ticked_on(page: Page, times: int) -> None:
    """Wait until what ticks on the page, every 0.1 s, has done so as often as that."""
    shown = 'Number(document.querySelector("[data-testid=ticks]").textContent.split(" ").pop())'
    before = await page.evaluate(shown)
    await page.wait_for_function(f'{shown} >= {before + times}')


def heard_by(page: Page) -> list[str]:
    """What the page is told over its websocket, from the next load on."""
    heard: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on('framereceived', lambda frame: heard.append(str(frame)))

    page.on('websocket', listen)
    return heard


async def test_after_a_logout_in_another_tab_nothing_of_the_person_is_left_or_sent(
    start_host: StartApp, context: BrowserContext, page: Page
) -> None:
    app, heard = await start_host(), heard_by(page)
    await open_as(page, app)
    await type_something(page)
    assert any('The balance of Alice' in frame for frame in heard)
    other = await log_out_in_another_tab(context, app)
    cover = page.get_by_role('alertdialog', name='You are logged out')
    await expect(cover).to_be_visible()
    await expect(page.get_by_text('Alice')).to_have_count(0)
    assert 'Alice' not in await page.content()
    heard.clear()
    await expect(other.get_by_text('Tick 9')).to_be_visible()
    assert not [frame for frame in heard if 'Alice' in frame or 'balance' in frame]
    await cover.get_by_role('button', name='Log in').click()
    await page.get_by_test_id('demo-user-bob').click()
    await expect(page.get_by_test_id('ticks')).to_contain_text('The balance of Bob')
    assert 'Traceback' not in app.log()


async def test_a_page_whose_person_has_logged_out_is_told_of_a_sign_in_in_another_tab(
    start_host: StartApp, context: BrowserContext, page: Page
) -> None:
    app = await start_host()
    await open_as(page, app)
    other = await log_out_in_another_tab(context, app)
    cover = page.get_by_role('alertdialog')
    await expect(cover.get_by_role('button')).to_have_text('Log in')
    await open_as(other, app)
    await cover.get_by_role('button', name='Load this page').click()
    await expect(page.get_by_test_id('ticks')).to_contain_text('The balance of Alice')


async def test_a_page_that_is_watched_once_it_is_open_is_covered_as_well(
    start_host: StartApp, context: BrowserContext, page: Page
) -> None:
    app = await start_host()
    await open_as(page, app)
    await page.goto(f'{app.url}/late')
    await expect(page.get_by_test_id('ticks')).to_contain_text('balance')
    await log_out_in_another_tab(context, app)
    await expect(page.get_by_role('alertdialog', name='You are logged out')).to_be_visible()
    assert 'balance' not in await page.content()


async def test_a_page_that_shows_nothing_of_the_person_goes_on_with_a_word_above_it(
    start_host: StartApp, context: BrowserContext, page: Page
) -> None:
    app = await start_host()
    await open_as(page, app)
    await page.goto(f'{app.url}/news')
    other = await log_out_in_another_tab(context, app)
    await expect(page.get_by_role('status')).to_contain_text('You are no longer logged in here.')
    await expect(page.get_by_role('alertdialog')).not_to_be_visible()
    before = await page.get_by_test_id('ticks').inner_text()
    await expect(other.get_by_text('Tick 9')).to_be_visible()
    await expect(page.get_by_test_id('ticks')).not_to_have_text(before)
    await page.get_by_role('button', name='Dismiss').click()
    await expect(page.get_by_role('status')).to_be_empty()


async def test_another_person_who_signs_in_gets_nothing_of_the_first(
    start_host: StartApp, context: BrowserContext, page: Page
) -> None:
    app = await start_host()
    await open_as(page, app)
    other = await context.new_page()
    await other.goto(f'{app.url}/login?prompt=login')
    await other.get_by_test_id('demo-user-bob').click()
    await expect(other.get_by_test_id('ticks')).to_contain_text('The balance of Bob')
    cover = page.get_by_role('alertdialog', name='Somebody else is logged in now')
    await expect(cover).to_be_visible()
    assert 'Alice' not in await page.content()
    await cover.get_by_role('button', name='Load this page').click()
    await expect(page.get_by_test_id('ticks')).to_contain_text('The balance of Bob')


async def test_after_an_expiry_what_was_typed_waits_behind_the_cover_for_the_same_person(
    provider: RecordingProvider, start_host: StartApp, page: Page
) -> None:
    app = await start_host(RENEWAL='refresh_token')
    provider.token_lifetime = 6
    await open_as(page, app)
    await type_something(page)
    provider.answer('/token', *REFUSAL)
    cover = page.get_by_role('alertdialog')
    await expect(cover).to_be_visible(timeout=30_000)
    await expect(page.get_by_label('In the dialog')).not_to_be_visible()
    assert await page.evaluate("document.querySelector('.q-dialog').closest('body > *').inert")
    await expect(cover).to_be_focused()
    for _ in range(5):
        await page.keyboard.press('Tab')
        assert await page.evaluate(
            'document.activeElement === document.body || !!document.activeElement.closest(".ssi-covers")'
        )
    await cover.focus()
    await page.keyboard.press('Escape')
    await ticked_on(page, 10)  # within which the dialog would be gone
    provider.behave()
    provider.token_lifetime = 600
    async with page.expect_popup() as popup:
        await cover.get_by_role('button', name='Log in again').click()
    window = await popup.value
    if not window.is_closed():  # the provider may know her still
        await window.wait_for_event('close')
    await expect(cover).not_to_be_visible()
    await expect(page.get_by_role('dialog')).to_be_visible()
    await expect(page.get_by_label('In the dialog')).to_have_value('half a word')
    await page.keyboard.press('Escape')
    await expect(page.get_by_label('Note')).to_have_value('half a sent')
    await page.get_by_label('Note').fill('half a sentence')


async def test_who_was_away_for_too_long_goes_on_where_they_were(start_host: StartApp, page: Page) -> None:
    app = await start_host(SESSION_IDLE='3')
    await open_as(page, app)
    await page.get_by_label('Note').fill('half a sent')
    await expect(page.get_by_role('status')).to_contain_text('You will be logged out within a minute')
    cover = page.get_by_role('alertdialog', name='You were logged out, since nobody was here')
    await expect(cover).to_be_visible()
    async with page.expect_popup() as popup:
        await cover.get_by_role('button', name='Log in again').click()
    await (await popup.value).get_by_test_id('demo-user-alice').click()
    await expect(cover).not_to_be_visible()
    await expect(page.get_by_label('Note')).to_have_value('half a sent')


async def test_another_person_does_not_get_at_what_waits_behind_a_cover(start_host: StartApp, page: Page) -> None:
    app = await start_host(SESSION_IDLE='3')
    await open_as(page, app)
    cover = page.get_by_role('alertdialog', name='You were logged out, since nobody was here')
    async with page.expect_popup() as popup:
        await cover.get_by_role('button', name='Log in again').click()
    await (await popup.value).get_by_test_id('demo-user-bob').click()
    await expect(page.get_by_role('alertdialog', name='Somebody else is logged in now')).to_be_visible()
    assert 'Alice' not in await page.content()


async def test_the_banner_moves_nothing_and_can_be_used_above_a_dialog(
    provider: RecordingProvider, start_host: StartApp, page: Page
) -> None:
    app = await start_host(RENEWAL='refresh_token')
    await open_as(page, app)
    before = await page.evaluate(LAYOUT)
    provider.answer('/token', *REFUSAL)
    await page.get_by_role('button', name='Renew').click()
    status = page.get_by_role('status')
    await expect(status).to_contain_text('The sign-in service has ended your session')
    assert await page.evaluate(LAYOUT) == before
    header = await page.get_by_test_id('header').bounding_box()
    box = await status.bounding_box()
    assert header is not None
    assert box is not None
    assert box['y'] >= header['y'] + header['height']
    await page.get_by_role('button', name='Open').click()
    await page.get_by_label('In the dialog').fill('half a word')
    provider.behave()
    async with page.expect_popup():
        await status.get_by_role('button', name='Log in again').press('Enter')
    await expect(status).to_be_empty()
    await expect(page.get_by_label('In the dialog')).to_have_value('half a word')


@pytest.mark.parametrize('how', ['window', 'tab'])
async def test_a_visitors_page_is_told_of_a_sign_in_and_loaded_anew_only_by_their_own_wish(
    start_host: StartApp, context: BrowserContext, page: Page, how: str
) -> None:
    app = await start_host()
    await page.goto(app.url)
    await expect(page.get_by_test_id('ticks')).to_contain_text('Tick')
    if how == 'window':
        async with page.expect_popup() as popup:
            await page.get_by_role('button', name='Log in in a window').click()
        await (await popup.value).get_by_test_id('demo-user-alice').click()
    else:
        await open_as(await context.new_page(), app)
    await expect(page.get_by_role('status')).to_contain_text('You are logged in now')
    await expect(page.get_by_test_id('ticks')).to_contain_text('Tick')
    await page.get_by_role('button', name='Load this page').click()
    await expect(page.get_by_test_id('ticks')).to_contain_text('The balance of Alice')


async def test_a_visitors_page_becomes_that_of_who_signs_in_in_its_browser_and_in_no_other_one(
    start_host: StartApp, browser: Browser, context: BrowserContext, page: Page
) -> None:
    """Somebody who was at the browser before has kept its cookie, and has a page of theirs open."""
    app = await start_host()
    await page.goto(f'{app.url}/greeting')
    await expect(page.get_by_test_id('greeting')).to_have_text('Hello stranger')
    elsewhere = await browser.new_context()
    try:
        await elsewhere.add_cookies(await context.cookies())  # type: ignore[arg-type]
        theirs = await elsewhere.new_page()
        await theirs.goto(f'{app.url}/greeting')
        async with page.expect_popup() as popup:
            await page.get_by_role('button', name='Log in in a window').click()
        async with theirs.expect_response(lambda response: response.url.endswith('/signed-in')) as shown:
            await (await popup.value).get_by_test_id('demo-user-alice').click()
        assert (await shown.value).status == 403
        await expect(page.get_by_test_id('greeting')).to_have_text('Hello Alice Adams')
        await expect(theirs.get_by_test_id('greeting')).to_have_text('Hello stranger')
    finally:
        await elsewhere.close()


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


async def test_a_policy_of_the_page_that_blocks_the_frame_is_told_at_once(start_host: StartApp, page: Page) -> None:
    app = await start_host(HOST_POLICY="frame-src 'self'", RENEWAL='iframe', SILENT_TIMEOUT='60')
    await open_as(page, app)
    await page.get_by_role('button', name='Renew').click()
    await expect(page.get_by_role('status')).to_contain_text('The policy of this page blocks the silent renewal')
    assert 'frame_blocked' in app.log()


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


async def test_what_a_hosts_page_shows_by_itself_keeps_nobody_out(start_host: StartApp, page: Page) -> None:
    app = await start_host(SESSION_IDLE='20', HOST_POLICY="frame-src 'self'", RENEWAL='iframe')
    await page.goto(f'{app.url}/callback')
    await nothing_found(page, '.ssi-page')
    await open_as(page, app)
    for path in ('logout', 'admins'):
        await page.goto(f'{app.url}/{path}')
        await expect(page.get_by_role('heading', level=1)).to_be_visible()
        await nothing_found(page, '.ssi-page')
    await page.goto(app.url)
    await page.get_by_role('button', name='Renew').click()
    await expect(page.get_by_role('status')).to_contain_text('The policy of this page')
    await nothing_found(page, '.ssi-notices')
    await expect(page.get_by_role('alertdialog')).to_be_visible(timeout=40_000)
    await nothing_found(page, '.ssi-notices')
    await page.goto(f'{app.url}/private')
    await nothing_found(page, '.ssi-page')
