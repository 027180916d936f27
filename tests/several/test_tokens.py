"""Where the tokens of a session go: to the provider that they came from, and to no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.app_context import AppContext
from app.oidc.id_token import Claims
from app.sessions.session import Session
from tests.clock import FakeClock
from tests.provider import RecordingProvider
from tests.several.conftest import ISSUERS, Running, present_context
from tests.several.network import HOME, WORK, Network
from tests.several.person import Traveller
from tests.several.test_ends import secrets_of


async def session_at(context: AppContext, name: str) -> Session:
    (session,) = await context.store.sessions_of(ISSUERS[name], 'demo|alice')
    return session


async def test_each_session_is_renewed_where_it_came_from(
    person: Traveller,
    providers: dict[str, RecordingProvider],
    context: AppContext,
    network: Network,
    clock: FakeClock,
) -> None:
    other = Traveller(providers)
    await person.sign_in_at(HOME)
    await other.sign_in_at(WORK)
    clock.set(clock.now() + 100)
    network.sent.clear()
    for name in (HOME, WORK):
        live = await context.registry.without_tab(await session_at(context, name))
        before = len(network.to(name, '/token'))
        await live.renew()
        assert live.session.renewals == 1
        assert len(network.to(name, '/token')) == before + 1
    for name, not_there in ((HOME, WORK), (WORK, HOME)):
        assert network.had(name, secrets_of(providers[name]))
        assert not network.had(not_there, secrets_of(providers[name]))


async def test_the_demo_s_api_gets_the_tokens_of_the_demo_provider_only(
    running: Running, providers: dict[str, RecordingProvider]
) -> None:
    async with running('demo', WORK):
        context, person = present_context(), Traveller(providers)
        await person.sign_in_at(WORK)
        session = await session_at(context, WORK)
        of_demo = replace(session, issuer='http://localhost:8080/demo/demo', provider='demo')
        assert context.api_of(session) is None
        api = context.api_of(of_demo)
        assert api is not None
        assert api.url == 'http://localhost:8080/demo/demo/api'
        assert 'No API is configured' in (await person.get('/api')).text


async def test_the_roles_at_our_client_are_looked_up_by_the_client_that_we_are_there(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Keycloak says them: resource_access.<client id>.roles."""
    monkeypatch.setenv('OIDC_WORK_CLIENT_ID', 'of-work')
    async with running(HOME, WORK):
        access = {'of-work': {'roles': ['at work']}, 'test-app': {'roles': ['at home']}}
        claims: Claims = {'sub': 'a', 'resource_access': access}
        roles_of = present_context().roles_of
        assert roles_of({**claims, 'iss': ISSUERS[WORK], 'aud': 'of-work'}).roles == {'at work'}
        assert roles_of({**claims, 'iss': ISSUERS[HOME], 'aud': ['test-app']}).roles == {'at home'}
