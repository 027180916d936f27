"""What a provider changes while the app runs is noticed, and a document that got worse changes nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from app.oidc.endpoints.discovery import LIFETIME, REFETCH_INTERVAL
from app.oidc.provider_client import ProviderClient
from tests.clock import FakeClock, settle
from tests.oidc.conftest import signed_in
from tests.oidc.documents import CALLBACK, ISSUER, discovery
from tests.oidc.scripted_provider import DISCOVERY, ScriptedProvider

MOVED = f'{ISSUER}/v2/token'
WORSE: list[Any] = [
    pytest.param(httpx.ConnectError('down'), id='out of reach'),
    pytest.param(httpx.ReadTimeout('slow'), id='too slow'),
    pytest.param(httpx.Response(503), id='503'),
    pytest.param(httpx.Response(404), id='404'),
    pytest.param(httpx.Response(200, text='<html>maintenance'), id='no JSON'),
    pytest.param(httpx.Response(200, json=discovery() | {'issuer': 'https://evil.example'}), id='another issuer'),
    pytest.param(httpx.Response(200, json=discovery(token_endpoint=None)), id='a missing endpoint'),
    pytest.param(httpx.Response(200, json=discovery(token_endpoint='http://login.example.com/t')), id='plain http'),
    pytest.param(httpx.Response(200, json=discovery(id_token_signing_alg_values_supported=['HS256'])), id='HS256 only'),
]


def says(scripted: ScriptedProvider, **changes: Any) -> None:
    """From now on the discovery document is this one."""
    scripted.instead[DISCOVERY] = httpx.Response(200, json=discovery(**changes))


def fetches(scripted: ScriptedProvider) -> int:
    return scripted.paths.count(DISCOVERY)


# Its lifetime


async def test_a_document_is_kept_for_its_lifetime(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    await oidc.metadata()
    says(scripted, token_endpoint=MOVED)
    await clock.advance(LIFETIME - 1)
    await oidc.metadata()
    await settle()
    assert fetches(scripted) == 1


async def test_an_old_document_is_used_once_more_while_a_new_one_is_fetched(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    old = await oidc.metadata()
    says(scripted, token_endpoint=MOVED)
    await clock.advance(LIFETIME)
    assert await oidc.metadata() == old
    await settle()
    assert (await oidc.metadata()).token_endpoint == MOVED


async def test_a_renewal_goes_on_with_the_old_document_while_the_new_one_does_not_come(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    await signed_in(oidc, scripted)
    await clock.advance(LIFETIME)
    release = scripted.hang(DISCOVERY)
    scripted.claims = {'exp': clock.now() + 300, 'iat': clock.now()}
    assert (await asyncio.wait_for(signed_in(oidc, scripted, 'alice'), 5)).claims['sub'] == 'alice'
    release.set()


async def test_ten_people_at_once_fetch_an_old_document_once(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    await oidc.metadata()
    await clock.advance(LIFETIME)
    await asyncio.gather(*(oidc.sign_in_request(CALLBACK) for _ in range(10)))
    await settle()
    assert fetches(scripted) == 2


async def test_a_clock_that_is_set_does_not_make_a_document_old(
    oidc: ProviderClient, scripted: ScriptedProvider, clock: FakeClock
) -> None:
    await oidc.metadata()
    clock.set(clock.now() + 10 * LIFETIME)
    await oidc.metadata()
    await settle()
    assert fetches(scripted) == 1


# A document that got worse


@pytest.mark.parametrize('answer', WORSE)
async def test_a_document_that_got_worse_never_replaces_a_good_one(
    oidc: ProviderClient,
    scripted: ScriptedProvider,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
    answer: httpx.Response | Exception,
) -> None:
    good = await oidc.metadata()
    scripted.instead[DISCOVERY] = answer
    await clock.advance(LIFETIME)
    for _ in range(3):
        assert await oidc.metadata() == good
        await settle()
    assert fetches(scripted) == 2
    assert 'stays as it was' in caplog.text
    says(scripted, token_endpoint=MOVED)
    await clock.advance(REFETCH_INTERVAL)
    await oidc.metadata()
    await settle()
    assert (await oidc.metadata()).token_endpoint == MOVED
