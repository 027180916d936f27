"""The API page, with the demo API as Alice and Bob see it, and with one that can be watched."""

from __future__ import annotations

from playwright.async_api import Page, expect
from starlette.responses import HTMLResponse

from tests.browser.conftest import StartApp
from tests.browser.recording_api import RecordingApi
from tests.browser.server import AppServer, free_port
from tests.browser.tab import sign_in
from tests.provider import RecordingProvider


async def open_api(page: Page, app: AppServer, person: str = 'alice') -> None:
    await sign_in(page, app.url, person)
    await page.get_by_role('link', name='API').click()
    await expect(page.get_by_role('heading', name='API', exact=True)).to_be_visible()


async def answered(page: Page, status: str) -> None:
    await expect(page.get_by_test_id('api-status')).to_have_text(status)


async def test_alice_reads_and_posts_and_sees_what_she_posted(lasting: AppServer, page: Page) -> None:
    await open_api(page, lasting)
    await expect(page.get_by_text('Nothing was called yet.')).to_be_visible()
    await page.get_by_test_id('call-public').click()
    await answered(page, '200 OK')
    await expect(page.get_by_test_id('api-body')).to_contain_text('Everybody may read this')
    await page.get_by_label('Your message').fill('Hello <b>Bob</b>')
    await page.get_by_test_id('post-message').click()
    await answered(page, '201 Created')
    await expect(page.get_by_label('Your message')).to_have_value('')
    await page.get_by_test_id('call-private').click()
    await answered(page, '200 OK')
    await expect(page.get_by_test_id('api-body')).to_contain_text('"text": "Hello <b>Bob</b>"')
    await expect(page.get_by_test_id('api-body')).to_contain_text('"name": "Alice Adams"')
    assert (await page.get_by_test_id('api-time').inner_text()).endswith(' ms')
    await expect(page.get_by_test_id('api-meaning')).to_have_text('It worked.')
    await expect(page.get_by_test_id('api-renewal')).to_have_count(0)


async def test_bob_is_told_why_he_may_not_post(lasting: AppServer, page: Page) -> None:
    await open_api(page, lasting, 'bob')
    await page.get_by_test_id('call-private').click()
    await answered(page, '200 OK')
    await page.get_by_label('Your message').fill('Hello')
    await page.get_by_test_id('post-message').click()
    await answered(page, '403 Forbidden')
    await expect(page.get_by_test_id('api-meaning')).to_have_text(
        'You may not do this: the scope write:messages was not granted to you. '
        'You were granted: email openid profile read:messages.'
    )
    await expect(page.locator('blockquote')).to_contain_text('This needs the scope write:messages.')
    await expect(page.get_by_label('Your message')).to_have_value('Hello')


async def test_an_empty_message_is_refused_in_words(lasting: AppServer, page: Page) -> None:
    await open_api(page, lasting)
    await page.get_by_test_id('post-message').click()
    await answered(page, '400 Bad Request')
    await expect(page.get_by_test_id('api-body')).to_contain_text('a text that is not empty')


async def test_it_works_by_keyboard_and_the_focus_stays(lasting: AppServer, page: Page) -> None:
    await open_api(page, lasting)
    await page.get_by_test_id('call-public').focus()
    await page.keyboard.press('Enter')
    await answered(page, '200 OK')
    assert await page.evaluate('document.activeElement.dataset.testid') == 'call-public'
    await page.get_by_label('Your message').focus()
    await page.keyboard.type('By keyboard')
    await page.keyboard.press('Enter')
    await answered(page, '201 Created')


async def test_a_revoked_token_is_renewed_and_the_call_repeated(lasting: AppServer, page: Page) -> None:
    await open_api(page, lasting)
    await page.get_by_role('link', name='Session').click()
    await page.get_by_test_id('what-if-token-revoked').click()
    await expect(page.get_by_text('Now open the page API')).to_be_visible()
    await page.get_by_role('link', name='API').click()
    await page.get_by_test_id('call-private').click()
    await answered(page, '200 OK')
    await expect(page.get_by_test_id('api-renewal')).to_have_text(
        'The API refused the token, so it was renewed and the call repeated.'
    )
    await page.get_by_test_id('call-private').click()
    await expect(page.get_by_test_id('api-renewal')).to_have_count(0)
    await answered(page, '200 OK')


async def test_rotated_keys_are_no_matter_to_the_demo_api(lasting: AppServer, page: Page) -> None:
    await open_api(page, lasting)
    await page.get_by_test_id('call-private').click()
    await answered(page, '200 OK')
    await page.get_by_role('link', name='Session').click()
    await page.get_by_test_id('what-if-keys-rotated').click()
    await expect(page.get_by_test_id('renewal-count')).to_have_text('1')
    await page.get_by_role('link', name='API').click()
    await page.get_by_test_id('call-private').click()
    await answered(page, '200 OK')
    await expect(page.get_by_test_id('api-renewal')).to_have_count(0)


async def test_an_api_that_is_down_is_said(start_app: StartApp, page: Page) -> None:
    app = await start_app(DEMO_TOKEN_LIFETIME='600', API_URL=f'http://127.0.0.1:{free_port()}')
    await open_api(page, app)
    await page.get_by_test_id('call-private').click()
    await answered(page, 'No answer')
    await expect(page.get_by_test_id('api-meaning')).to_contain_text('The API cannot be reached.')
    await expect(page.get_by_test_id('api-meaning')).to_contain_text('API_URL')
    await expect(page.get_by_test_id('session-state')).to_have_text('active')
    await expect(page.get_by_test_id('call-private')).to_be_enabled()


async def test_with_no_api_the_page_says_which_setting_to_set(
    provider: RecordingProvider, start_against: StartApp, page: Page
) -> None:
    await open_api(page, await start_against())
    await expect(page.get_by_test_id('no-api')).to_contain_text('Set API_URL')
    await expect(page.get_by_test_id('call-public')).to_have_count(0)


async def test_a_token_that_is_still_valid_is_used_at_once_while_the_renewal_hangs(
    provider: RecordingProvider, start_against: StartApp, api: RecordingApi, api_port: int, page: Page
) -> None:
    provider.token_lifetime = 600
    await open_api(page, await start_against(API_URL=f'http://127.0.0.1:{api_port}'))
    (first,) = provider.secrets['access_token']
    release = provider.hang('/authorize')
    await page.get_by_test_id('renew').click()
    await expect(page.get_by_test_id('session-state')).to_have_attribute('data-state', 'renewing')
    await page.get_by_test_id('call-private').click()
    await answered(page, '200 OK')
    assert api.tokens == [f'Bearer {first}']
    await expect(page.get_by_test_id('session-state')).to_have_attribute('data-state', 'renewing')
    release.set()
    await expect(page.get_by_test_id('session-state')).to_have_attribute('data-state', 'active')


async def test_two_clicks_are_one_call(
    provider: RecordingProvider, start_against: StartApp, api: RecordingApi, api_port: int, page: Page
) -> None:
    provider.token_lifetime = 600
    await open_api(page, await start_against(API_URL=f'http://127.0.0.1:{api_port}'))
    api.gate.clear()
    await page.evaluate("""() => { for (const id of ['call-private', 'call-private', 'call-public'])
        document.querySelector(`[data-testid=${id}]`).click() }""")
    await expect(page.get_by_test_id('api-calling')).to_be_visible()
    await expect(page.get_by_test_id('call-public')).to_be_disabled()
    api.gate.set()
    await answered(page, '200 OK')
    await expect(page.get_by_test_id('call-public')).to_be_enabled()
    assert len(api.tokens) == 1


async def test_what_an_api_answers_is_text_and_never_html(
    provider: RecordingProvider, start_against: StartApp, api: RecordingApi, api_port: int, page: Page
) -> None:
    provider.token_lifetime = 600
    await open_api(page, await start_against(API_URL=f'http://127.0.0.1:{api_port}'))
    evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    api.instead = HTMLResponse(evil, headers={'WWW-Authenticate': "Bearer error_description='<img src=y>'"})
    await page.get_by_test_id('call-private').click()
    await expect(page.get_by_test_id('api-body')).to_have_text(evil)
    await expect(page.get_by_test_id('api-meaning')).to_contain_text('the answer is no JSON (text/html')
    await expect(page.locator('main img, [role=main] img')).to_have_count(0)
    assert await page.title() == 'API - Stay Signed In'


async def test_a_session_that_needs_its_person_is_said_instead_of_calling(
    provider: RecordingProvider, start_against: StartApp, api: RecordingApi, api_port: int, page: Page
) -> None:
    provider.token_lifetime = 4
    app = await start_against(API_URL=f'http://127.0.0.1:{api_port}', RENEWAL='iframe')
    await sign_in(page, app.url)
    await page.context.clear_cookies(name=f'demo_provider_{provider.issuer.rsplit(":", 1)[1]}')
    await expect(page.get_by_test_id('session-state')).to_have_text('sign-in-needed')
    await expect(page.get_by_test_id('expires-at')).to_have_text('00:00')
    await page.get_by_role('link', name='API').click()
    await page.get_by_test_id('call-private').click()
    await answered(page, 'No answer')
    await expect(page.get_by_test_id('api-meaning')).to_contain_text('log in again')
    assert api.tokens == []


async def test_an_answer_that_comes_when_the_page_was_left_is_no_matter(
    provider: RecordingProvider, start_against: StartApp, api: RecordingApi, api_port: int, page: Page
) -> None:
    provider.token_lifetime = 600
    app = await start_against(API_URL=f'http://127.0.0.1:{api_port}')
    await open_api(page, app)
    api.gate.clear()
    await page.get_by_test_id('call-private').click()
    await expect(page.get_by_test_id('api-calling')).to_be_visible()
    await page.get_by_role('link', name='Profile').click()
    await expect(page.get_by_test_id('profile-name')).to_be_visible()
    api.gate.set()
    await page.get_by_role('link', name='API').click()
    await page.get_by_test_id('call-private').click()
    await answered(page, '200 OK')
    assert 'Traceback' not in app.log()
    assert 'has been deleted' not in app.log()
