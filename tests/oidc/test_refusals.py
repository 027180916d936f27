"""How a token endpoint says no: what providers really send, and what it means here."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.errors import (
    AuthError,
    ClientRefused,
    CodeRefused,
    InteractionRequired,
    InvalidResponse,
    ProviderFailed,
    RefreshTokenRefused,
)
from app.oidc.provider_client import ProviderClient
from tests.oidc.conftest import signed_in
from tests.oidc.scripted_provider import ScriptedProvider

NOT_FOUND = 'session not found'
LINKEDIN = 'The provided authorization grant or refresh token is invalid, expired or revoked'
REFUSED, OURS, MOMENT, PERSON = RefreshTokenRefused, ClientRefused, ProviderFailed, InteractionRequired

# status, body, what it is
TO_A_REFRESH_TOKEN: list[tuple[int, Any, type[AuthError]]] = [
    (400, {'error': 'invalid_grant'}, REFUSED),
    (401, {'error': 'invalid_grant', 'error_description': 'revoked'}, REFUSED),
    (403, {'error': 'invalid_grant', 'error_description': 'Unknown or invalid refresh token.'}, REFUSED),
    (200, {'error': 'invalid_grant'}, REFUSED),
    (200, {'error': 'bad_refresh_token', 'error_description': 'The refresh token passed is incorrect'}, REFUSED),
    (200, {'ok': False, 'error': 'invalid_refresh_token'}, REFUSED),
    (401, {'error': 'token_inactive'}, REFUSED),
    (400, {'error': {'message': 'Session has expired', 'code': 190}}, REFUSED),
    (400, {'error': 'Bad Request', 'status': 400, 'message': 'Invalid refresh token'}, REFUSED),
    (400, {'error': 'invalid_request', 'error_description': NOT_FOUND}, REFUSED),
    (400, {'error': 'invalid_request', 'error_description': LINKEDIN}, REFUSED),
    (400, {'error': 'invalid_request', 'error_description': 'Errors.OIDCSession.RefreshTokenInvalid'}, REFUSED),
    (400, {'error': 'invalid_request', 'reason': 'Invalid Token!'}, REFUSED),
    (400, {'error': 'invalid_request', 'error_description': 'missing client_id'}, OURS),
    (400, {'error': 'invalid_request'}, OURS),
    (400, {'message': 'no'}, REFUSED),
    (400, '', REFUSED),
    (400, '<html>a proxy</html>', MOMENT),
    (400, '[]', MOMENT),
    (401, {'error': 'invalid_client'}, OURS),
    (400, {'error': 'unauthorized_client'}, OURS),
    (400, {'error': 'unsupported_grant_type'}, OURS),
    (401, {'message': 'Unauthorized'}, OURS),
    (401, '', OURS),
    (403, '', OURS),
    (403, '<html>a firewall</html>', MOMENT),
    (400, {'error': 'interaction_required', 'error_description': 'AADSTS50076'}, PERSON),
    (400, {'error': 'temporarily_unavailable'}, MOMENT),
    (200, {'error': 'slow_down'}, MOMENT),
    (200, {}, MOMENT),
    (200, '', MOMENT),
    (404, {'error': 'invalid_grant'}, REFUSED),
    (404, '', MOMENT),
    (408, '', MOMENT),
    (429, {'error': 'invalid_grant'}, MOMENT),
    (500, {'error': 'invalid_grant'}, MOMENT),
    (302, '', MOMENT),
]


def response(status: int, body: Any) -> httpx.Response:
    return httpx.Response(status, text=body) if isinstance(body, str) else httpx.Response(status, json=body)


async def refreshed(oidc: ProviderClient) -> None:
    unchecked = await oidc.send_refresh_token('the-refresh-token', scope='openid')
    await oidc.check_refreshed(unchecked, id_token='', claims={})


@pytest.mark.parametrize(('status', 'body', 'kind'), TO_A_REFRESH_TOKEN, ids=repr)
async def test_a_refused_refresh_token_is_told_from_a_bad_moment_and_from_a_fault_of_ours(
    oidc: ProviderClient, scripted: ScriptedProvider, status: int, body: Any, kind: type[AuthError]
) -> None:
    scripted.instead['/token'] = response(status, body)
    with pytest.raises(AuthError) as caught:
        await refreshed(oidc)
    assert isinstance(caught.value, kind)


async def test_the_providers_own_words_are_kept_wherever_it_has_put_them(
    oidc: ProviderClient, scripted: ScriptedProvider
) -> None:
    scripted.instead['/token'] = response(400, {'error': {'message': 'Session has expired'}})
    with pytest.raises(RefreshTokenRefused) as caught:
        await oidc.send_refresh_token('the-refresh-token', scope='openid')
    assert caught.value.description == 'Session has expired'


async def test_what_a_refusal_asks_to_wait_is_kept(oidc: ProviderClient, scripted: ScriptedProvider) -> None:
    scripted.instead['/token'] = httpx.Response(200, json={'error': 'slow_down'}, headers={'Retry-After': '7'})
    with pytest.raises(ProviderFailed) as caught:
        await oidc.send_refresh_token('the-refresh-token', scope='openid')
    assert caught.value.retry_after == 7


@pytest.mark.parametrize(
    ('body', 'kind'),
    [
        ({'error': 'invalid_grant'}, CodeRefused),
        ({'error': 'bad_verification_code'}, InvalidResponse),
        ({'error': 'invalid_client'}, ClientRefused),
        ({'error': {'code': 1}}, ProviderFailed),
    ],
    ids=repr,
)
async def test_an_error_that_comes_with_status_200_is_an_error_for_a_code_too(
    oidc: ProviderClient, scripted: ScriptedProvider, body: dict[str, Any], kind: type[AuthError]
) -> None:
    scripted.instead['/token'] = response(200, body)
    with pytest.raises(kind):
        await signed_in(oidc, scripted)
