"""The userinfo endpoint."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.errors import (
    InvalidIdToken,
)
from app.oidc.provider import Provider
from tests.oidc.documents import ISSUER, discovery
from tests.oidc.scripted_provider import DISCOVERY, ScriptedProvider

# Userinfo


async def test_userinfo_is_asked_for_with_the_token_in_the_header(oidc: Provider, scripted: ScriptedProvider) -> None:
    """[userinfo-bearer-header] [scope-userinfo-claims]"""
    assert (await oidc.userinfo('the-access-token', 'alice'))['email'] == 'alice@example.com'
    asked = scripted.requests[-1]
    assert asked.headers['Authorization'] == 'Bearer the-access-token'
    assert asked.url == f'{ISSUER}/userinfo'


@pytest.mark.parametrize('sub', ['bob', 'ALICE', '', None, 42])
async def test_userinfo_about_somebody_else_is_refused(oidc: Provider, scripted: ScriptedProvider, sub: Any) -> None:
    """[userinfo-invalid-sub] [sub from user info does not match sub in id_token]"""
    scripted.userinfo = {'sub': sub, 'email': 'bob@example.com'}
    with pytest.raises(InvalidIdToken, match='userinfo'):
        await oidc.userinfo('the-access-token', 'alice')


async def test_userinfo_without_sub_is_refused(oidc: Provider, scripted: ScriptedProvider) -> None:
    scripted.userinfo = {'email': 'bob@example.com'}
    with pytest.raises(InvalidIdToken, match='userinfo'):
        await oidc.userinfo('the-access-token', 'alice')


@pytest.mark.parametrize(
    'answer',
    [
        pytest.param(httpx.ConnectError('down'), id='no network'),
        pytest.param(httpx.Response(500), id='500'),
        pytest.param(httpx.Response(401, json={'error': 'invalid_token'}), id='401'),
        pytest.param(httpx.Response(200, text='header.claims.signature'), id='a signed answer'),
        pytest.param(httpx.Response(200, json=[]), id='a list'),
    ],
)
async def test_a_sign_in_survives_userinfo_that_is_down(
    oidc: Provider, scripted: ScriptedProvider, answer: httpx.Response | Exception
) -> None:
    scripted.instead['/userinfo'] = answer
    assert await oidc.userinfo('the-access-token', 'alice') == {}


async def test_a_provider_without_userinfo_is_not_asked(oidc: Provider, scripted: ScriptedProvider) -> None:
    scripted.instead[DISCOVERY] = httpx.Response(200, json=discovery(userinfo_endpoint=None))
    assert await oidc.userinfo('the-access-token', 'alice') == {}
    assert scripted.paths == [DISCOVERY]
