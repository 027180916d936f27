"""The doctor's page, for those at this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Page, expect

from app.doctor.checks import CHECKS
from tests.browser.conftest import CLIENT_SECRET, StartApp
from tests.browser.server import AppServer, free_port
from tests.browser.test_accessibility import nothing_found
from tests.provider import CLIENT_ID, RecordingProvider

PUBLIC = {'BASE_URL': 'https://app.example.com', 'SECRET_KEY': 'a secret key that is long enough for anybody'}


async def problems(page: Page) -> list[str]:
    """The checks that found something wrong, once all is done."""
    await expect(page.locator('[data-check]')).to_have_count(len(CHECKS))
    found = page.locator('[data-outcome=problem]')
    return [str(name) for name in await found.evaluate_all('lines => lines.map(line => line.dataset.check)')]


@pytest.mark.parametrize('width', [1280, 360])
async def test_the_demo_provider_is_found_well(demo: AppServer, page: Page, width: int) -> None:
    await page.set_viewport_size({'width': width, 'height': 800})
    await page.goto(f'{demo.url}/doctor')
    await expect(page.get_by_test_id('doctor-says')).to_contain_text('Nothing is wrong')
    assert not await problems(page)
    assert await page.evaluate('document.documentElement.scrollWidth') <= width
    await page.get_by_role('button', name='Check again').click()
    await expect(page.get_by_test_id('doctor-says')).to_contain_text('Nothing is wrong')
    assert not await problems(page)


async def test_what_is_wrong_is_named_and_what_was_mended_is_not(
    provider: RecordingProvider, start_app: StartApp, page: Page
) -> None:
    app = await start_app(
        port=urlsplit(provider.app_url).port,
        OIDC_ISSUER=f'{provider.issuer}/',
        OIDC_CLIENT_ID=CLIENT_ID,
        OIDC_CLIENT_SECRET='another',
    )
    provider.answer('/jwks', {'keys': []})
    await page.goto(f'{app.url}/doctor')
    assert await problems(page) == ['issuer', 'keys', 'client']
    await nothing_found(page)
    await expect(page.get_by_text(f'Set OIDC_ISSUER={provider.issuer}', exact=True)).to_be_visible()
    provider.behave()
    await page.get_by_role('button', name='Check again').click()
    await expect(page.locator('[data-check=keys][data-outcome=ok]')).to_be_visible()
    assert await problems(page) == ['issuer', 'client']


async def test_each_finding_shows_as_soon_as_it_is_there(
    provider: RecordingProvider, start_app: StartApp, page: Page
) -> None:
    app = await start_app(
        port=urlsplit(provider.app_url).port,
        OIDC_ISSUER=provider.issuer,
        OIDC_CLIENT_ID=CLIENT_ID,
        OIDC_CLIENT_SECRET=CLIENT_SECRET,
    )
    release = provider.hang('/jwks')
    await page.goto(f'{app.url}/doctor')
    await expect(page.get_by_test_id('doctor-says')).to_have_text('Checking: Public keys ...')
    await expect(page.locator('[data-check=issuer]')).to_be_visible()
    await expect(page.get_by_role('button', name='Check again')).to_be_disabled()
    release.set()
    assert not await problems(page)


async def test_what_the_provider_says_stays_text(provider: RecordingProvider, start_app: StartApp, page: Page) -> None:
    app = await start_app(port=urlsplit(provider.app_url).port, OIDC_ISSUER=provider.issuer, OIDC_CLIENT_ID=CLIENT_ID)
    words = '<img src=x onerror="document.title=1"><b>bold</b>'
    provider.answer('/token', {'error': 'invalid_client', 'error_description': words}, 401)
    await page.goto(f'{app.url}/doctor')
    assert await problems(page) == ['client']
    await expect(page.get_by_text(words)).to_be_visible()


async def test_the_error_page_leads_to_the_doctor(provider: RecordingProvider, start_app: StartApp, page: Page) -> None:
    app = await start_app(OIDC_ISSUER=f'{provider.issuer}/', OIDC_CLIENT_ID=CLIENT_ID)
    await page.goto(f'{app.url}/login')
    await expect(page.get_by_test_id('error-code')).to_have_text('discovery_invalid')
    await page.get_by_role('link', name='Run the doctor').click()
    await expect(page).to_have_url(f'{app.url}/doctor')
    assert 'issuer' in await problems(page)


async def test_the_page_is_not_there_for_others(provider: RecordingProvider, start_app: StartApp, page: Page) -> None:
    """One who comes from another machine, through a proxy on this one."""
    app = await start_app(OIDC_ISSUER=provider.issuer, OIDC_CLIENT_ID=CLIENT_ID)
    await page.set_extra_http_headers({'X-Forwarded-For': '203.0.113.5'})
    await not_there(page, app.url)
    assert '/jwks' not in provider.requests


async def test_the_page_is_not_there_when_the_app_is_public(provider: RecordingProvider, start_app: StartApp) -> None:
    port = free_port()
    app = await start_app(
        port=port,
        PORT=str(port),
        OIDC_ISSUER=provider.issuer,
        OIDC_CLIENT_ID=CLIENT_ID,
        RENEWAL='refresh_token',
        **PUBLIC,
    )
    host = {'Host': urlsplit(PUBLIC['BASE_URL']).netloc}
    async with httpx.AsyncClient(base_url=app.url, headers=host) as client:
        error, doctor = await client.get('/error?code=discovery_invalid'), await client.get('/doctor')
    assert 'discovery_invalid' in error.text
    assert 'Run the doctor' not in error.text
    assert doctor.status_code == 404
    assert 'There is no such page' in doctor.text
    assert 'doctor-says' not in doctor.text


async def not_there(page: Page, url: str) -> None:
    await page.goto(f'{url}/error?code=discovery_invalid')
    await expect(page.get_by_test_id('error-code')).to_be_visible()
    await expect(page.get_by_role('link', name='Run the doctor')).to_have_count(0)
    await page.goto(f'{url}/doctor')
    await expect(page.get_by_text('There is no such page')).to_be_visible()
    await expect(page).to_have_title('Not found - Stay Signed In')
    await expect(page.get_by_test_id('doctor-says')).to_have_count(0)
