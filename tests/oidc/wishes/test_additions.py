"""What is added to the requests of one provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from app.errors import AcrTooLow
from app.oidc.http import http_client
from app.oidc.provider_client import ProviderClient
from app.oidc.wishes.wish import SignInWish
from tests.clock import FakeClock
from tests.oidc.documents import CALLBACK, ISSUER, REGISTRATION
from tests.oidc.scripted_provider import ScriptedProvider
from tests.person import query

CONFIGURED = {'organization': 'org_1', 'ui_locales': 'de', 'max_age': '3600', 'prompt': 'consent', 'url': 'x'}


@pytest.fixture
async def configured(scripted: ScriptedProvider, clock: FakeClock) -> AsyncIterator[ProviderClient]:
    async with http_client(httpx.MockTransport(scripted.handle)) as http:
        yield ProviderClient(ISSUER, replace(REGISTRATION, params=CONFIGURED), http, clock)


async def test_the_configured_ones_are_in_each_sign_in(configured: ProviderClient) -> None:
    request = await configured.sign_in_request(CALLBACK)
    assert query(request.url).items() >= CONFIGURED.items()
    assert (request.max_age, request.prompt, request.params) == (3600, 'consent', {})


async def test_a_silent_request_has_of_them_what_says_where_the_session_is(configured: ProviderClient) -> None:
    asked = query((await configured.silent_request(CALLBACK)).url)
    assert {name: asked.get(name) for name in CONFIGURED} == {
        **dict.fromkeys(CONFIGURED),
        'prompt': 'none',
        'organization': 'org_1',
        'url': 'x',
    }


async def test_what_is_wished_beyond_them_is_remembered_for_the_sessions_silent_requests(
    configured: ProviderClient,
) -> None:
    wish = SignInWish(
        {'organization': 'org_2', 'login_hint': 'alice', 'prompt': 'login'}, frozenset({'files', 'openid'})
    )
    request = await configured.sign_in_request(CALLBACK, 'select_account', wish)
    asked = query(request.url)
    assert (asked['organization'], asked['login_hint'], asked['prompt']) == ('org_2', 'alice', 'login consent')
    assert asked['scope'] == 'openid profile email files'
    assert (request.more_scope, request.params) == ('files', {'organization': 'org_2'})
    silent = query(
        (await configured.silent_request(CALLBACK, wish=SignInWish(request.params, frozenset({'files'})))).url
    )
    assert (silent['organization'], silent['scope']) == ('org_2', 'openid profile email files')


async def test_a_scope_that_is_asked_for_with_every_sign_in_is_asked_for_with_consent(oidc: ProviderClient) -> None:
    """The person has left it out so far, which most providers remember."""
    request = await oidc.sign_in_request(CALLBACK, wish=SignInWish(scope=frozenset({'email'})))
    assert (request.prompt, request.more_scope) == ('consent', '')


async def test_a_step_up_is_asked_for_and_its_answer_checked(oidc: ProviderClient, scripted: ScriptedProvider) -> None:
    request = await oidc.sign_in_request(CALLBACK, wish=SignInWish(acr=('gold', 'silver'), max_age=0))
    assert query(request.url).items() >= {'acr_values': 'gold silver', 'max_age': '0'}.items()
    with pytest.raises(AcrTooLow):
        await oidc.redeem(request, scripted.answer(request))
