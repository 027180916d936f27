"""Logging out at the provider."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.oidc.http import http_client
from app.oidc.provider_client import ProviderClient
from tests.clock import FakeClock
from tests.oidc.conftest import HOME
from tests.oidc.documents import CLIENT_ID, ISSUER, REGISTRATION, discovery
from tests.oidc.scripted_provider import DISCOVERY, ScriptedProvider

# Logout at the provider


@pytest.mark.parametrize('hint', [None, 'the.id.token'])
async def test_logging_out_goes_to_the_provider_and_back(oidc: ProviderClient, hint: str | None) -> None:
    """[rp-init-logout-no-state]"""
    url = urlsplit(await oidc.end_session_url(HOME, hint) or '')
    assert f'{url.scheme}://{url.netloc}{url.path}' == f'{ISSUER}/logout'
    expected = {'client_id': [CLIENT_ID], 'post_logout_redirect_uri': [HOME]}
    assert parse_qs(url.query) == (expected | {'id_token_hint': [hint]} if hint else expected)


async def test_an_end_session_endpoint_that_has_a_query_keeps_it(
    oidc: ProviderClient, scripted: ScriptedProvider
) -> None:
    document = discovery(end_session_endpoint=f'{ISSUER}/logout?p=B2C_1')
    scripted.instead[DISCOVERY] = httpx.Response(200, json=document)
    query = parse_qs(urlsplit(await oidc.end_session_url(HOME, None) or '').query)
    assert (query['p'], query['post_logout_redirect_uri']) == (['B2C_1'], [HOME])


@pytest.mark.parametrize('groups', [30, 150, 1000])
async def test_an_id_token_that_is_too_long_for_a_url_is_replaced_by_the_hint_whose_session_it_is(
    oidc: ProviderClient, groups: int
) -> None:
    """8.6 kB of ID token ended on the provider's error page, and its session lived on."""
    url = await oidc.end_session_url(HOME, 'x' * 57 * groups, 'the-sid') or ''
    expected = {'client_id': [CLIENT_ID], 'post_logout_redirect_uri': [HOME]}
    has_room = groups == 30
    assert parse_qs(urlsplit(url).query) == expected | (
        {'id_token_hint': ['x' * 57 * groups]} if has_room else {'logout_hint': ['the-sid']}
    )
    assert len(url) <= 2000


async def test_a_subject_that_is_too_long_for_a_url_is_left_out(oidc: ProviderClient) -> None:
    url = await oidc.end_session_url(HOME, None, 'x' * 2000) or ''
    assert 'logout_hint' not in url


@pytest.mark.parametrize(
    'answer',
    [
        pytest.param(httpx.Response(200, json=discovery(end_session_endpoint=None)), id='no such place'),
        pytest.param(httpx.Response(200, json=discovery() | {'issuer': 'x'}), id='another issuer'),
        pytest.param(httpx.ConnectError('down'), id='no network'),
    ],
)
async def test_logging_out_works_here_where_it_cannot_there(
    oidc: ProviderClient, scripted: ScriptedProvider, answer: httpx.Response | Exception
) -> None:
    scripted.instead[DISCOVERY] = answer
    assert not oidc.ends_sessions
    assert await oidc.end_session_url(HOME, 'the.id.token') is None
    assert not oidc.ends_sessions


async def test_a_logout_does_not_wait_for_a_provider_that_does_not_answer(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('app.oidc.provider_client.PATIENCE', 0.0)

    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with http_client(httpx.MockTransport(hang)) as http:
        assert await ProviderClient(ISSUER, REGISTRATION, http, clock).end_session_url(HOME, 'the.id.token') is None
