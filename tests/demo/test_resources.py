"""Which API an access token is for (RFC 8707, and Auth0's `audience`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.demo.conftest import (
    AUTHORIZATION,
    ISSUER,
    OFFLINE,
    REDIRECT_URI,
    AuthorizationAnswer,
    Browser,
    MakeDemo,
    error_of,
)

API, REPORTS, UNKNOWN = f'{ISSUER}/api', f'{ISSUER}/reports', 'https://api.example.com'
SCOPE = f'{OFFLINE} read:messages write:messages'


async def code_for(browser: Browser, *resources: str, scope: str = SCOPE) -> httpx.Response:
    """What an authorization request for these APIs is answered."""
    pairs = [*{**AUTHORIZATION, 'scope': scope}.items(), *(('resource', resource) for resource in resources)]
    return await browser.http.get(f'{ISSUER}/authorize?{urlencode(pairs)}')


async def redeemed(browser: Browser, *resources: str, **params: Any) -> httpx.Response:
    answer = AuthorizationAnswer.of(await code_for(browser, *resources))
    return await browser.redeem(answer.query['code'], **params)


def named(name: str, resource: str) -> dict[str, Any]:
    return {name: resource}


async def audience_of(browser: Browser, response: httpx.Response) -> Any:
    assert response.status_code == 200, response.text
    token = response.json()['access_token']
    claims = await browser.claims(token, audience=[API, REPORTS])  # type: ignore[arg-type]  # PyJWT takes either
    return claims['aud']


@pytest.mark.parametrize(
    ('resources', 'expected'), [((), API), ((API,), API), ((REPORTS,), REPORTS), ((REPORTS, API), REPORTS)]
)
async def test_a_code_is_for_the_first_api_that_was_asked_for(
    alice: Browser, resources: tuple[str, ...], expected: str
) -> None:
    response = await redeemed(alice, *resources)
    assert await audience_of(alice, response) == expected
    assert await audience_of(alice, await alice.refresh(response.json()['refresh_token'])) == expected


async def test_each_token_request_chooses_among_several(alice: Browser) -> None:
    response = await redeemed(alice, API, REPORTS, resource=REPORTS)
    assert await audience_of(alice, response) == REPORTS
    for resource in (API, REPORTS):
        response = await alice.refresh(response.json()['refresh_token'], resource=resource)
        assert await audience_of(alice, response) == resource


@pytest.mark.parametrize('name', ['resource', 'audience'])
async def test_a_sign_in_that_named_no_api_leaves_the_choice_to_the_refresh(alice: Browser, name: str) -> None:
    token = (await redeemed(alice)).json()['refresh_token']
    response = await alice.refresh(token, **named(name, REPORTS))
    assert await audience_of(alice, response) == REPORTS
    assert await audience_of(alice, await alice.refresh(response.json()['refresh_token'])) == API


async def test_the_audience_of_auth0_means_nothing_with_a_code(alice: Browser) -> None:
    assert await audience_of(alice, await redeemed(alice, audience=REPORTS)) == API


async def test_the_scope_is_what_means_something_to_the_api_and_comes_back_for_the_other(alice: Browser) -> None:
    first = (await redeemed(alice, API, REPORTS, resource=REPORTS)).json()
    assert first['scope'] == OFFLINE
    assert 'id_token' in first
    second = (await alice.refresh(first['refresh_token'], resource=API)).json()
    assert second['scope'] == SCOPE


@pytest.mark.parametrize('mode', [None, 'fragment'])
@pytest.mark.parametrize('resources', [(UNKNOWN,), (API, UNKNOWN), (f'{API}/',), (f'{API}#part',), ('',)])
async def test_an_unknown_api_is_refused_at_the_authorization_endpoint(
    alice: Browser, mode: str | None, resources: tuple[str, ...]
) -> None:
    pairs = [*AUTHORIZATION.items(), *(('resource', resource) for resource in resources)]
    pairs += [('response_mode', mode)] if mode else []
    answer = AuthorizationAnswer.of(await alice.http.get(f'{ISSUER}/authorize?{urlencode(pairs)}'))
    told = answer.fragment if mode else answer.query
    assert answer.redirect_uri == REDIRECT_URI
    assert {'error': 'invalid_target', 'state': 'the state', 'iss': ISSUER}.items() <= told.items()


async def test_a_code_is_refused_for_an_api_that_is_unknown_or_was_not_asked_for(alice: Browser) -> None:
    assert error_of(await redeemed(alice, resource=UNKNOWN)) == 'invalid_target'
    assert error_of(await redeemed(alice, API, resource=REPORTS)) == 'invalid_target'


@pytest.mark.parametrize('name', ['resource', 'audience'])
async def test_a_refresh_is_refused_for_another_api_and_the_refresh_token_stays_good(alice: Browser, name: str) -> None:
    token = (await redeemed(alice, API)).json()['refresh_token']
    for resource in (UNKNOWN, REPORTS):
        assert error_of(await alice.refresh(token, **named(name, resource))) == 'invalid_target'
    assert await audience_of(alice, await alice.refresh(token, **named(name, API))) == API


async def test_a_token_is_for_one_api_only(alice: Browser) -> None:
    token = (await redeemed(alice)).json()['refresh_token']
    assert error_of(await alice.refresh(token, resource=API, audience=REPORTS)) == 'invalid_target'
    form = [('grant_type', 'refresh_token'), ('client_id', 'public'), ('refresh_token', token)]
    body = urlencode([*form, ('resource', API), ('resource', REPORTS)])
    headers = {'Content-Type': 'application/x-www-form-urlencoded'}
    assert error_of(await alice.http.post(f'{ISSUER}/token', content=body, headers=headers)) == 'invalid_target'


async def test_what_was_asked_for_outlives_a_click_and_a_restart(make_demo: MakeDemo, tmp_path: Path) -> None:
    browser = Browser(make_demo(tmp_path))
    page = await code_for(browser, API, REPORTS)
    answer = AuthorizationAnswer.of(await browser.choose(page, person='alice'))
    token = (await browser.redeem(answer.query['code'])).json()['refresh_token']
    after = Browser(make_demo(tmp_path))
    response = await after.refresh(token, resource=REPORTS)
    assert await audience_of(after, response) == REPORTS
    only_api = (await redeemed(browser, API)).json()['refresh_token']
    assert error_of(await after.refresh(only_api, resource=REPORTS)) == 'invalid_target'
