"""Access tokens for two APIs of a real provider (RFC 8707), by refresh token and by the silent frame."""

from __future__ import annotations

from collections.abc import AsyncIterator

import jwt
import pytest

from app.clock import Clock
from app.errors import AudienceRefused, RefreshTokenRefused
from app.oidc.authorization import AuthorizationRequest, AuthorizationResponse, parse_authorization_response
from app.oidc.http import http_client
from app.oidc.metadata import Registration
from app.oidc.provider_client import ProviderClient
from app.oidc.tokens import Grant
from tests.interop.form_browser import FormBrowser
from tests.interop.real_provider import BASE_URL, SECRET

pytestmark = pytest.mark.parametrize('provider_name', ['oidc-provider'], indirect=True)

SCOPE = 'openid profile email offline_access'
API_A, API_B, UNKNOWN = 'https://a.example.com', 'https://b.example.com', 'https://unknown.example.com'


@pytest.fixture
async def provider(issuers: dict[str, str]) -> AsyncIterator[ProviderClient]:
    http = http_client()
    registration = Registration('healthy', SCOPE, SECRET, audiences=(API_A, API_B))
    yield ProviderClient(issuers['resources'], registration, http, Clock())
    await http.aclose()


@pytest.fixture
async def browser() -> AsyncIterator[FormBrowser]:
    browser = FormBrowser()
    yield browser
    await browser.close()


async def answered(browser: FormBrowser, request: AuthorizationRequest) -> AuthorizationResponse:
    url = await browser.go(request.url)
    return parse_authorization_response(url.query.decode(), url.fragment)


@pytest.fixture
async def grant(provider: ProviderClient, browser: FormBrowser) -> Grant:
    """A sign-in that asked for both APIs, as a refresh token has to have been granted for them (RFC 8707 §2.2)."""
    request = await provider.sign_in_request(f'{BASE_URL}/callback')
    return await provider.redeem(request, await answered(browser, request))


async def refreshed(provider: ProviderClient, grant: Grant, refresh_token: str | None, audience: str | None) -> Grant:
    assert refresh_token
    unchecked = await provider.send_refresh_token(refresh_token, scope=grant.tokens.scope, audience=audience)
    return await provider.check_refreshed(unchecked, id_token=grant.id_token, claims=grant.claims)


def audience_of(grant: Grant) -> str:
    claims = jwt.decode(grant.tokens.access_token, options={'verify_signature': False})
    return str(claims['aud'])


async def test_one_refresh_token_brings_tokens_for_both_and_its_own(provider: ProviderClient, grant: Grant) -> None:
    for_a = await refreshed(provider, grant, grant.tokens.refresh_token, API_A)
    for_b = await refreshed(provider, grant, for_a.tokens.refresh_token, API_B)
    assert (audience_of(for_a), audience_of(for_b)) == (API_A, API_B)
    own = await refreshed(provider, grant, for_b.tokens.refresh_token, None)
    assert await provider.userinfo(own.tokens.access_token, grant.claims['sub'])
    assert len({each.tokens.refresh_token for each in (grant, for_a, for_b, own)}) == 4


async def test_an_unknown_api_is_refused_and_this_provider_has_used_up_the_refresh_token_by_then(
    provider: ProviderClient, grant: Grant
) -> None:
    with pytest.raises(AudienceRefused):
        await refreshed(provider, grant, grant.tokens.refresh_token, UNKNOWN)
    with pytest.raises(RefreshTokenRefused):  # which is why it stays in doubt
        await refreshed(provider, grant, grant.tokens.refresh_token, None)


async def test_the_silent_frame_brings_a_token_for_each(
    provider: ProviderClient, browser: FormBrowser, grant: Grant
) -> None:
    for audience in (API_A, API_B):
        request = await provider.silent_request(
            f'{BASE_URL}/silent', grant.id_token, has_refresh_token=True, audience=audience
        )
        brought = await provider.redeem(request, await answered(browser, request), subject=grant.claims['sub'])
        assert audience_of(brought) == audience


async def test_an_unknown_api_is_refused_in_the_frame_too(
    provider: ProviderClient, browser: FormBrowser, grant: Grant
) -> None:
    request = await provider.silent_request(f'{BASE_URL}/silent', grant.id_token, audience=UNKNOWN)
    with pytest.raises(AudienceRefused):
        await provider.redeem(request, await answered(browser, request), subject=grant.claims['sub'])
