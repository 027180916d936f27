"""Sign in, stay signed in, sign out: as a newcomer does it, with tokens of a few seconds."""

from __future__ import annotations

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import LIFETIME
from tests.browser.server import AppServer
from tests.browser.tab import renewals, renewed, sign_in, signed_in_as, signed_out


@pytest.mark.tutorial_bug(1)
@pytest.mark.tutorial_bug(3)
@pytest.mark.tutorial_bug(4)
@pytest.mark.tutorial_bug(16)
async def test_somebody_signs_in_stays_signed_in_and_signs_out(
    demo: AppServer, context: BrowserContext, page: Page
) -> None:
    loads: list[str] = []
    states: list[str] = []
    await context.expose_function('noteState', lambda state: states.append(state))
    await sign_in(page, demo.url)
    page.on('load', lambda _: loads.append(page.url))
    await page.evaluate(
        """() => {
          const state = document.querySelector('[data-testid=session-state]');
          new MutationObserver(() => noteState(state.innerText))
            .observe(state, { childList: true, characterData: true, subtree: true });
        }"""
    )
    await page.get_by_label('Your note').fill('half a sent')
    first_expiry = await page.get_by_test_id('expires-at').get_attribute('data-epoch')

    await renewed(page, 3)  # all by itself
    assert loads == []
    assert set(states) == {'renewing', 'active'}
    assert await page.get_by_label('Your note').input_value() == 'half a sent'
    expiry = await page.get_by_test_id('expires-at').get_attribute('data-epoch')
    assert float(expiry or 0) > float(first_expiry or 'nan')

    second = await context.new_page()
    await second.goto(demo.url)
    await signed_in_as(second, 'Alice Adams')
    await renewed(second, 3)
    count = max(await renewals(page), await renewals(second))
    await renewed(page, count + 1)
    await renewed(second, count + 1)
    assert await renewals(page) == await renewals(second)

    await second.goto(f'{demo.url}/profile')
    await page.get_by_test_id('logout').click()
    await signed_out(page)
    await signed_out(second, within=1)
    assert 'lice' not in await second.inner_text('body')

    renewing: list[str] = []
    for tab in (page, second):
        tab.on('request', lambda request: renewing.append(request.url) if 'authorize' in request.url else None)
    await page.wait_for_timeout(2 * LIFETIME * 1000)  # watched for two lifetimes
    assert renewing == []
    await signed_out(page)
    await signed_out(second)

    await sign_in(page, demo.url, 'bob')
    await page.goto(f'{demo.url}/profile')
    await expect(page.get_by_test_id('profile-email')).to_have_text('bob@example.com')
    assert 'lice' not in await page.content()


@pytest.mark.tutorial_bug(12)
async def test_three_clicks_on_renew_are_one_renewal(demo: AppServer, page: Page) -> None:
    await sign_in(page, demo.url)
    await page.evaluate("() => { for (let i = 0; i < 3; i++) document.querySelector('[data-testid=renew]').click() }")
    await renewed(page, 1)
    assert await renewals(page) == 1


@pytest.mark.tutorial_bug(21)
async def test_the_profile_shows_who_you_are(demo: AppServer, page: Page) -> None:
    await sign_in(page, demo.url)
    await page.get_by_role('link', name='Profile').click()
    for claim, value in {'name': 'Alice Adams', 'nickname': 'alice', 'email': 'alice@example.com'}.items():
        await expect(page.get_by_test_id(f'profile-{claim}')).to_have_text(value)
    await expect(page.get_by_alt_text('Picture of Alice Adams')).to_be_visible()


@pytest.mark.tutorial_bug(17)
async def test_a_visitor_who_opens_the_profile_signs_in_and_lands_there(demo: AppServer, page: Page) -> None:
    await page.goto(f'{demo.url}/profile')
    await page.get_by_test_id('demo-user-bob').click()
    await expect(page).to_have_url(f'{demo.url}/profile')
    await expect(page.get_by_test_id('profile-name')).to_have_text('Bob Brown')


async def test_another_name_of_this_machine_leads_to_the_one_that_cookies_know(demo: AppServer, page: Page) -> None:
    await page.goto(demo.url.replace('localhost', '127.0.0.1'))
    await expect(page).to_have_url(f'{demo.url}/')
