"""The hidden iframe, its page and the bridge: what they let in, and what they leave behind."""

from __future__ import annotations

import pytest
from playwright.async_api import BrowserContext, Page, expect
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tests.browser.conftest import StartApp
from tests.browser.server import AppServer
from tests.browser.tab import renewals, renewed, sign_in, signed_in_as
from tests.browser.test_silent_sign_in import forget_the_app
from tests.provider import RecordingProvider


async def test_the_frame_is_hidden_and_gone_when_it_is_done(
    app: AppServer, provider: RecordingProvider, page: Page
) -> None:
    """[hidden presentation]"""
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    release = provider.hang('/authorize')
    await page.get_by_test_id('renew').click()
    frame = page.locator('iframe')
    await expect(frame).to_have_count(1)
    await expect(frame).to_be_hidden()
    around = frame.locator('xpath=..')
    assert await around.evaluate('(element) => [element.inert, element.ariaHidden]') == [True, 'true']
    assert await frame.evaluate('(element) => [element.tabIndex, element.title]') == [-1, 'Silent renewal']
    release.set()
    await renewed(page, 1)
    await expect(frame).to_have_count(0)


@pytest.mark.tutorial_bug(7)
@pytest.mark.tutorial_bug(8)
async def test_messages_from_anywhere_else_are_not_taken_for_the_answer(
    app: AppServer, provider: RecordingProvider, page: Page
) -> None:
    """[and message origin does not match should never resolve] [source does not match should never resolve]"""
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    release = provider.hang('/authorize')
    provider.requests.clear()
    await page.get_by_test_id('renew').click()
    await expect(page.locator('iframe')).to_have_count(1)
    await page.evaluate(
        """() => {
          const forged = { query: '?code=forged&state=forged', fragment: '' };
          window.postMessage(forged, '*');  // our own origin, but not our frame
          const other = document.createElement('iframe');
          other.srcdoc = '<script>parent.postMessage({query: "?code=x&state=y", fragment: ""}, "*")</script>';
          document.body.append(other);      // our origin, another frame
          const foreign = document.createElement('iframe');
          foreign.sandbox = 'allow-scripts';
          foreign.srcdoc = other.srcdoc;
          document.body.append(foreign);    // another origin
        }"""
    )
    await expect(page.get_by_test_id('session-state')).to_have_text('renewing')
    release.set()
    await renewed(page, 1)
    assert provider.requests == ['/authorize', '/token']


async def test_an_answer_that_no_request_waits_for_is_ignored(
    app: AppServer, provider: RecordingProvider, page: Page
) -> None:
    await sign_in(page, app.url)
    provider.requests.clear()
    provider.token_lifetime = 600
    await page.evaluate(
        """() => new Promise((resolve) => {
          const frame = document.createElement('iframe');
          frame.src = '/silent#code=unasked&state=unasked';
          frame.onload = resolve;
          document.body.append(frame);
        })"""
    )
    await renewed(page, 1)
    assert provider.requests == ['/authorize', '/token']
    assert await renewals(page) == 1


async def test_an_answer_that_the_browser_makes_up_is_not_believed(
    provider: RecordingProvider, start_against: StartApp, page: Page
) -> None:
    app = await start_against()
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    provider.hang('/authorize')
    provider.requests.clear()
    await page.get_by_test_id('renew').click()
    frame = page.locator('iframe')
    await expect(frame).to_have_count(1)
    await frame.evaluate("frame => { frame.src = '/silent?code=made-up&state=made-up' }")
    await expect(page.get_by_text('makes no sense')).to_be_visible()
    assert '/token' not in provider.requests


async def test_a_frame_that_gets_no_answer_is_given_up(
    provider: RecordingProvider, start_against: StartApp, page: Page
) -> None:
    app = await start_against(SILENT_TIMEOUT='1')
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    release = provider.hang('/authorize')
    await page.get_by_test_id('renew').click()
    await expect(page.get_by_test_id('session-state')).to_have_text('retrying')
    await expect(page.locator('iframe')).to_have_count(0)
    await expect(page.locator('.banner', has_text='You are still logged in')).to_be_visible()
    release.set()
    await renewed(page, 1)
    await expect(page.get_by_test_id('session-state')).to_have_text('active')


async def test_a_person_who_opens_the_page_by_hand_is_told_what_it_is(demo: AppServer, page: Page) -> None:
    await page.goto(f'{demo.url}/silent?code=secret')
    await expect(page.get_by_role('heading')).to_have_text('Nothing to see here')
    await expect(page).to_have_url(f'{demo.url}/silent')
    await page.get_by_role('link').click()
    await expect(page).to_have_url(f'{demo.url}/')


async def test_an_answer_to_the_frame_that_lands_in_the_window_signs_the_person_in(
    app: AppServer, provider: RecordingProvider, context: BrowserContext, page: Page
) -> None:
    """The provider has kept the request of the frame, and answers it once the person has signed in."""
    await sign_in(page, app.url)
    await forget_the_app(context)
    release = provider.hang('/authorize')
    await page.goto(f'{app.url}/?tab=1', wait_until='commit')
    kept = await page.locator('iframe').get_attribute('src')
    assert kept
    await page.evaluate('document.querySelector("iframe").remove()')
    release.set()
    provider.behave()
    await page.goto(kept)
    await signed_in_as(page, 'Alice Adams')
    await expect(page).to_have_url(f'{app.url}/?tab=1')


async def test_an_answer_of_an_unknown_request_that_lands_in_the_window_begins_the_sign_in_anew(
    app: AppServer, provider: RecordingProvider, page: Page
) -> None:
    answers = iter([f'{app.url}/silent#error=login_required&state=kept', None])

    async def keep(request: Request) -> Response:
        kept = next(answers)
        return RedirectResponse(kept, 303) if kept else await provider.forward(request)

    provider.instead['/sign-in'] = keep
    await page.goto(f'{app.url}/profile')
    await page.get_by_test_id('demo-user-alice').click()
    await page.get_by_test_id('demo-user-alice').click()
    await signed_in_as(page, 'Alice Adams')
    await expect(page).to_have_url(f'{app.url}/profile')


async def test_the_page_says_nothing_to_another_origin_that_frames_it(
    demo: AppServer, context: BrowserContext, page: Page
) -> None:
    await page.goto(demo.url)
    stranger = await context.new_page()
    await stranger.route('http://stranger.test/', lambda route: route.fulfill(body='<iframe></iframe>'))
    await stranger.goto('http://stranger.test/')
    heard = await stranger.evaluate(
        """(url) => new Promise((resolve) => {
          addEventListener('message', (event) => resolve(event.data));
          const frame = document.querySelector('iframe');
          frame.onload = () => setTimeout(() => resolve('nothing'), 200);
          frame.src = url;
        })""",
        f'{demo.url}/silent?code=c&state=s',
    )
    assert heard == 'nothing'
