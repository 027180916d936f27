"""The userinfo endpoint."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.errors import (
    InvalidIdToken,
)
from app.oidc.provider_client import ProviderClient
from tests.clock import START
from tests.oidc.conftest import signed_in
from tests.oidc.documents import CLIENT_ID, ISSUER, discovery
from tests.oidc.scripted_provider import DISCOVERY, ScriptedProvider
from tests.oidc.signer import Signer, segments, signed_with_a_secret, signer, unsigned

FORM = 'application/x-www-form-urlencoded'
JWT = 'application/jwt'
CLAIMS = {'sub': 'alice', 'email': 'alice@example.com'}


def signed(claims: dict[str, Any], by: Signer | None = None, media_type: str = JWT) -> httpx.Response:
    return httpx.Response(200, text=(by or signer()).sign(claims), headers={'Content-Type': media_type})


# Userinfo


async def test_userinfo_is_asked_for_with_the_token_in_the_header(
    oidc: ProviderClient, scripted: ScriptedProvider
) -> None:
    """[userinfo-bearer-header] [scope-userinfo-claims]"""
    assert ((await oidc.userinfo('the-access-token', 'alice')) or {})['email'] == 'alice@example.com'
    asked = scripted.requests[-1]
    assert asked.headers['Authorization'] == 'Bearer the-access-token'
    assert asked.url == f'{ISSUER}/userinfo'


@pytest.mark.parametrize('sub', ['bob', 'ALICE', '', None, 42])
async def test_userinfo_about_somebody_else_is_refused(
    oidc: ProviderClient, scripted: ScriptedProvider, sub: Any
) -> None:
    """[userinfo-invalid-sub] [sub from user info does not match sub in id_token]"""
    scripted.userinfo = {'sub': sub, 'email': 'bob@example.com'}
    with pytest.raises(InvalidIdToken, match='userinfo'):
        await oidc.userinfo('the-access-token', 'alice')


async def test_userinfo_without_sub_is_refused(oidc: ProviderClient, scripted: ScriptedProvider) -> None:
    scripted.userinfo = {'email': 'bob@example.com'}
    with pytest.raises(InvalidIdToken, match='userinfo'):
        await oidc.userinfo('the-access-token', 'alice')


@pytest.mark.parametrize(
    'answer',
    [
        pytest.param(httpx.ConnectError('down'), id='no network'),
        pytest.param(httpx.Response(500), id='500'),
        pytest.param(httpx.Response(401, json={'error': 'invalid_token'}), id='401'),
        pytest.param(httpx.Response(200, text='header.claims.signature'), id='text'),
        pytest.param(httpx.Response(200, text='sub=alice', headers={'Content-Type': FORM}), id='a form'),
        pytest.param(httpx.Response(200, text='{"sub": "alice", "sub": "bob"}'), id='two subs'),
        pytest.param(httpx.Response(404), id='404'),
        pytest.param(httpx.Response(200, json=[]), id='a list'),
    ],
)
async def test_a_sign_in_survives_userinfo_that_is_down(
    oidc: ProviderClient, scripted: ScriptedProvider, answer: httpx.Response | Exception
) -> None:
    scripted.instead['/userinfo'] = answer
    assert await oidc.userinfo('the-access-token', 'alice') is None


async def test_a_provider_without_userinfo_is_not_asked(oidc: ProviderClient, scripted: ScriptedProvider) -> None:
    scripted.instead[DISCOVERY] = httpx.Response(200, json=discovery(userinfo_endpoint=None))
    assert await oidc.userinfo('the-access-token', 'alice') == {}
    assert scripted.paths == [DISCOVERY]


# As a JWT (OpenID Connect Core §5.3.2)


@pytest.mark.parametrize(
    ('more', 'media_type'),
    [
        pytest.param({}, JWT, id='without iss and aud'),
        pytest.param({'iss': ISSUER, 'aud': CLIENT_ID}, JWT, id='with both'),
        pytest.param({'iss': ISSUER, 'aud': ['api', CLIENT_ID]}, JWT, id='with several audiences'),
        pytest.param({'exp': START + 60, 'iat': START}, JWT, id='with a lifetime'),
        pytest.param({}, 'Application/JWT; charset=UTF-8', id='with a parameter'),
    ],
)
@pytest.mark.parametrize('algorithm', ['RS256', 'ES384', 'EdDSA'])
async def test_userinfo_that_the_provider_signed_is_read(
    oidc: ProviderClient, scripted: ScriptedProvider, more: dict[str, Any], media_type: str, algorithm: str
) -> None:
    """[userinfo-rs256]"""
    scripted.signer = signer(algorithm)
    scripted.instead['/userinfo'] = signed(CLAIMS | more, scripted.signer, media_type)
    assert (await oidc.userinfo('the-access-token', 'alice')) == CLAIMS | more
    asked = next(request for request in scripted.requests if request.url.path == '/userinfo')
    assert asked.headers['Accept'] == 'application/json, application/jwt'


@pytest.mark.parametrize(
    ('answer', 'code'),
    [
        pytest.param(signed(CLAIMS, signer(owner='mallory')), 'userinfo_unusable', id='signed by somebody else'),
        pytest.param(signed(CLAIMS | {'iss': 'https://evil.example'}), 'userinfo_unusable', id='another iss'),
        pytest.param(signed(CLAIMS | {'aud': 'another-app'}), 'userinfo_unusable', id='another aud'),
        pytest.param(signed(CLAIMS | {'aud': []}), 'userinfo_unusable', id='no aud'),
        pytest.param(signed(CLAIMS | {'exp': START - 3600}), 'userinfo_unusable', id='expired'),
        pytest.param(signed(CLAIMS | {'iat': START + 3600}), 'userinfo_unusable', id='from the future'),
        pytest.param(signed(CLAIMS | {'exp': 'soon'}), 'userinfo_unusable', id='exp is a word'),
        pytest.param(unsigned(CLAIMS), 'userinfo_unusable', id='unsigned'),
        pytest.param(signed_with_a_secret(CLAIMS, b'x' * 32), 'userinfo_unusable', id='signed with a secret'),
        pytest.param('undefined', 'userinfo_unusable', id='no JWT'),
        pytest.param('', 'userinfo_unusable', id='empty'),
        pytest.param(
            segments({'alg': 'RSA-OAEP', 'enc': 'A128GCM'}, {}) + '.aXY.Y2lwaGVy.dGFn', 'userinfo_encrypted', id='a JWE'
        ),
    ],
)
async def test_userinfo_that_cannot_be_verified_is_left_out_and_the_log_names_the_code(
    oidc: ProviderClient,
    scripted: ScriptedProvider,
    caplog: pytest.LogCaptureFixture,
    answer: httpx.Response | str,
    code: str,
) -> None:
    """[userinfo-invalid-signature]"""
    if isinstance(answer, str):
        answer = httpx.Response(200, text=answer, headers={'Content-Type': JWT})
    scripted.instead['/userinfo'] = answer
    assert await oidc.userinfo('the-access-token', 'alice') is None
    assert f'going on without userinfo: {code}: ' in caplog.text


async def test_signed_userinfo_about_somebody_else_is_refused(oidc: ProviderClient, scripted: ScriptedProvider) -> None:
    scripted.instead['/userinfo'] = signed({'sub': 'bob'})
    with pytest.raises(InvalidIdToken, match='another sub'):
        await oidc.userinfo('the-access-token', 'alice')


async def test_signed_userinfo_after_a_rotation_is_read(oidc: ProviderClient, scripted: ScriptedProvider) -> None:
    await signed_in(oidc, scripted)
    scripted.signer = signer(kid='new')
    scripted.instead['/userinfo'] = signed(CLAIMS, scripted.signer)
    assert await oidc.userinfo('the-access-token', 'alice') == CLAIMS


async def test_a_userinfo_endpoint_that_wants_post_is_asked_by_post(
    oidc: ProviderClient, scripted: ScriptedProvider
) -> None:
    """OpenID Connect Core §5.3.1 has both."""
    scripted.only_post.add('/userinfo')
    assert ((await oidc.userinfo('the-access-token', 'alice')) or {})['email'] == 'alice@example.com'
    asked = scripted.requests[-1]
    assert (asked.method, asked.headers['Authorization']) == ('POST', 'Bearer the-access-token')
    assert asked.content == b''
