"""The second API, in the whole demo: each API takes its own tokens only."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from app.demo.demo import Demo
from tests.demo.conftest import CLIENT, ISSUER, OFFLINE, OURS, Browser

SUMMARY, PRIVATE = f'{ISSUER}/reports/summary', f'{ISSUER}/api/private'


@pytest.fixture
async def browser(demo_provider: Demo) -> AsyncIterator[Browser]:
    browser = Browser(demo_provider)
    await browser.click('bob')
    yield browser
    await browser.http.aclose()


async def token_for(browser: Browser, api: str) -> str:
    """An access token for this API."""
    code = await browser.code(**OURS, scope=f'{OFFLINE} read:messages')
    refresh_token = (await browser.redeem(code, **OURS)).json()['refresh_token']
    response = await browser.refresh(refresh_token, **CLIENT, resource=f'{ISSUER}{api}')
    return str(response.json()['access_token'])


async def get(browser: Browser, url: str, token: str) -> httpx.Response:
    return await browser.http.get(url, headers={'Authorization': f'Bearer {token}'})


async def test_the_report_is_for_a_token_of_its_own(browser: Browser) -> None:
    response = await get(browser, SUMMARY, await token_for(browser, '/reports'))
    assert response.status_code == 200
    report = response.json()
    assert report['you'] == {'sub': 'demo|bob', 'name': 'Bob Brown'}
    assert report['aud'] == f'{ISSUER}/reports'
    assert report['total'] == sum(report['visits'].values())
    assert response.headers['Cache-Control'] == 'no-store'


@pytest.mark.parametrize(('api', 'url'), [('/api', SUMMARY), ('/reports', PRIVATE)])
async def test_neither_api_takes_a_token_of_the_other(browser: Browser, api: str, url: str) -> None:
    response = await get(browser, url, await token_for(browser, api))
    assert (response.status_code, response.json()['error']) == (401, 'invalid_token')


async def test_without_a_token_there_is_no_report(browser: Browser) -> None:
    response = await browser.http.get(SUMMARY)
    assert response.status_code == 401
    assert 'WWW-Authenticate' in response.headers


async def test_a_revoked_token_is_refused_by_the_api_that_it_is_for(demo_provider: Demo, browser: Browser) -> None:
    token = await token_for(browser, '/reports')
    demo_provider.revoke(token)
    assert (await get(browser, SUMMARY, token)).status_code == 401
    assert (await get(browser, PRIVATE, await token_for(browser, '/api'))).status_code == 200
