"""Logging out at the provider."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.oidc.provider import Provider
from tests.oidc.conftest import HOME
from tests.oidc.documents import CLIENT_ID, ISSUER, discovery
from tests.oidc.scripted_provider import DISCOVERY, ScriptedProvider

# Logout at the provider


@pytest.mark.parametrize('hint', [None, 'the.id.token'])
async def test_logging_out_goes_to_the_provider_and_back(oidc: Provider, hint: str | None) -> None:
    """[rp-init-logout-no-state]"""
    url = urlsplit(await oidc.end_session_url(HOME, hint) or '')
    assert f'{url.scheme}://{url.netloc}{url.path}' == f'{ISSUER}/logout'
    expected = {'client_id': [CLIENT_ID], 'post_logout_redirect_uri': [HOME]}
    assert parse_qs(url.query) == (expected | {'id_token_hint': [hint]} if hint else expected)


async def test_an_end_session_endpoint_that_has_a_query_keeps_it(oidc: Provider, scripted: ScriptedProvider) -> None:
    document = discovery(end_session_endpoint=f'{ISSUER}/logout?p=B2C_1')
    scripted.instead[DISCOVERY] = httpx.Response(200, json=document)
    query = parse_qs(urlsplit(await oidc.end_session_url(HOME, None) or '').query)
    assert (query['p'], query['post_logout_redirect_uri']) == (['B2C_1'], [HOME])


@pytest.mark.parametrize(
    'answer',
    [
        pytest.param(httpx.Response(200, json=discovery(end_session_endpoint=None)), id='no such place'),
        pytest.param(httpx.Response(200, json=discovery() | {'issuer': 'x'}), id='another issuer'),
        pytest.param(httpx.ConnectError('down'), id='no network'),
    ],
)
async def test_logging_out_works_here_where_it_cannot_there(
    oidc: Provider, scripted: ScriptedProvider, answer: httpx.Response | Exception
) -> None:
    scripted.instead[DISCOVERY] = answer
    assert await oidc.end_session_url(HOME, 'the.id.token') is None
