"""The app's own side of the protocol with real providers: sign in, renew both ways, log out."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.clock import Clock
from app.errors import InteractionRequired, RefreshTokenRefused
from app.oidc.authorization import parse_authorization_response
from app.oidc.http import http_client
from app.oidc.metadata import Registration
from app.oidc.provider_client import ProviderClient
from app.oidc.tokens import Grant
from tests.interop.form_browser import FormBrowser
from tests.interop.real_provider import BASE_URL, SECRET

SCOPE = 'openid profile email offline_access'


@pytest.fixture
async def provider(issuers: dict[str, str]) -> AsyncIterator[ProviderClient]:
    """The app's provider class, at a healthy real provider."""
    http = http_client()
    yield ProviderClient(issuers['healthy'], Registration('healthy', SCOPE, SECRET), http, Clock())
    await http.aclose()


@pytest.fixture
async def browser() -> AsyncIterator[FormBrowser]:
    browser = FormBrowser()
    yield browser
    await browser.close()


@pytest.fixture
async def grant(provider: ProviderClient, browser: FormBrowser) -> Grant:
    """What a sign-in brings, through the provider's own form."""
    request = await provider.sign_in_request(f'{BASE_URL}/callback')
    url = await browser.go(request.url)
    return await provider.redeem(request, parse_authorization_response(url.query.decode(), url.fragment))


async def silently(provider: ProviderClient, browser: FormBrowser, grant: Grant) -> Grant:
    """What the silent frame would bring in this browser."""
    request = await provider.silent_request(f'{BASE_URL}/silent', grant.id_token, has_refresh_token=True)
    url = await browser.go(request.url)
    response = parse_authorization_response(url.query.decode(), url.fragment)
    return await provider.redeem(request, response, subject=grant.claims['sub'], granted=grant.tokens.scope)


async def refreshed(provider: ProviderClient, grant: Grant, refresh_token: str) -> Grant:
    unchecked = await provider.send_refresh_token(refresh_token, scope=grant.tokens.scope)
    return await provider.check_refreshed(unchecked, id_token=grant.id_token, claims=grant.claims)


async def test_a_sign_in_brings_all_that_renewal_needs(grant: Grant) -> None:
    assert grant.claims['sub']
    assert grant.tokens.refresh_token
    assert grant.tokens.expires_in == 120


async def test_userinfo_is_about_the_person_who_signed_in(provider: ProviderClient, grant: Grant) -> None:
    claims = await provider.userinfo(grant.tokens.access_token, grant.claims['sub'])
    assert claims is not None
    assert claims['sub'] == grant.claims['sub']
    assert claims['email'] == 'alice@example.com'


async def test_refresh_tokens_rotate_and_a_used_one_is_refused(provider: ProviderClient, grant: Grant) -> None:
    first = grant.tokens.refresh_token
    assert first
    second = (await refreshed(provider, grant, first)).tokens
    assert second.refresh_token not in {None, first}
    assert second.access_token != grant.tokens.access_token
    third = (await refreshed(provider, grant, second.refresh_token or '')).tokens
    assert third.refresh_token not in {None, first, second.refresh_token}
    with pytest.raises(RefreshTokenRefused):
        await refreshed(provider, grant, first)


async def test_the_silent_frame_renews_while_the_provider_has_a_session(
    provider: ProviderClient, browser: FormBrowser, grant: Grant
) -> None:
    renewed = await silently(provider, browser, grant)
    assert renewed.claims['sub'] == grant.claims['sub']
    assert renewed.tokens.access_token != grant.tokens.access_token


async def test_logging_out_ends_the_session_at_the_provider_and_leads_back(
    provider: ProviderClient, browser: FormBrowser, grant: Grant
) -> None:
    url = await provider.end_session_url(f'{BASE_URL}/', grant.id_token)
    assert url
    assert str(await browser.go(url)) == f'{BASE_URL}/'
    with pytest.raises(InteractionRequired):
        await silently(provider, browser, grant)


@pytest.mark.parametrize('provider_name', ['oidc-provider'], indirect=True)
async def test_a_refresh_token_that_takes_consent_comes_with_the_second_sign_in(issuers: dict[str, str]) -> None:
    """OpenID Connect Core §11: the first sign-in brings none, from which the provider is learnt."""
    http, came = http_client(), []
    provider = ProviderClient(issuers['takes-consent'], Registration('healthy', SCOPE, SECRET), http, Clock())
    for _ in range(2):
        browser = FormBrowser()
        request = await provider.sign_in_request(f'{BASE_URL}/callback')
        url = await browser.go(request.url)
        grant = await provider.redeem(request, parse_authorization_response(url.query.decode(), url.fragment))
        provider.learn(provider.quirks_after(request, grant))
        came.append((request.prompt, grant.tokens.refresh_token is not None))
        await browser.close()
    await http.aclose()
    assert came == [('', False), ('consent', True)]
