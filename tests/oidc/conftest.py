"""A provider whose answers a test writes, as the app asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from app.oidc.http import http_client
from app.oidc.provider_client import ProviderClient
from app.oidc.tokens import Grant
from tests.clock import FakeClock
from tests.oidc.documents import CALLBACK, ISSUER, REGISTRATION
from tests.oidc.scripted_provider import ScriptedProvider

HOME = 'https://app.example.com/'


@pytest.fixture
def scripted() -> ScriptedProvider:
    return ScriptedProvider()


@pytest.fixture
async def oidc(scripted: ScriptedProvider, clock: FakeClock) -> AsyncIterator[ProviderClient]:
    async with http_client(httpx.MockTransport(scripted.handle)) as http:
        yield ProviderClient(ISSUER, REGISTRATION, http, clock)


@pytest.fixture
async def confidential(scripted: ScriptedProvider, clock: FakeClock) -> AsyncIterator[ProviderClient]:
    """The same for a client that has a secret."""
    async with http_client(httpx.MockTransport(scripted.handle)) as http:
        yield ProviderClient(ISSUER, replace(REGISTRATION, client_secret='the-client-secret'), http, clock)


async def signed_in(oidc: ProviderClient, scripted: ScriptedProvider, subject: str | None = None) -> Grant:
    request = await oidc.sign_in_request(CALLBACK)
    return await oidc.redeem(request, scripted.answer(request), subject=subject)
