"""How a session ends that is of one of several providers: what is told to whom."""

from __future__ import annotations

import httpx

from app.app_context import AppContext
from app.errors import ProviderGone
from tests.provider import RecordingProvider
from tests.several.conftest import ISSUERS, Running, present_context
from tests.several.network import HOME, WORK, Network
from tests.several.person import Traveller


def secrets_of(provider: RecordingProvider) -> set[str]:
    found = set().union(*(provider.secrets.get(name, set()) for name in ('access_token', 'id_token', 'refresh_token')))
    assert len(found) >= 3
    return found


async def test_logging_out_goes_to_the_provider_of_the_session(person: Traveller, network: Network) -> None:
    await person.sign_in_at(WORK)
    out = httpx.URL((await person.log_out()).headers['Location'])
    assert str(out).startswith(f'{ISSUERS[WORK]}/end-session?')
    assert out.params['post_logout_redirect_uri'] == 'http://localhost:8080/'
    assert network.to(HOME) == []


async def test_the_tokens_of_a_session_are_revoked_where_they_came_from(
    person: Traveller, network: Network, context: AppContext, work: RecordingProvider
) -> None:
    await person.sign_in_at(WORK)
    await person.log_out()
    for provider in context.providers:
        await provider.close()  # once what is under way is done
    assert network.to(WORK, '/revoke')
    assert network.to(HOME) == []
    assert not network.had(HOME, secrets_of(work))


async def test_a_session_of_a_provider_that_is_used_no_more_ends_and_says_so(
    running: Running, providers: dict[str, RecordingProvider], work: RecordingProvider, network: Network
) -> None:
    async with running(HOME, WORK):
        person = Traveller(providers)
        await person.sign_in_at(WORK)
        assert await person.name() == 'Alice Adams'
    network.sent.clear()
    async with running(HOME):
        page = await person.get('/profile')
        assert page.status_code == 401
        assert ProviderGone.title in page.text
        await person.get('/api')
        left = await person.log_out()
        assert not left.headers.get('Location', '').startswith(tuple(ISSUERS.values()))
        assert await present_context().store.sessions_of(ISSUERS[WORK], 'demo|alice') == []
        for provider in present_context().providers:
            await provider.close()
    assert not network.had(HOME, secrets_of(work))
    assert network.to(WORK) == []


async def test_a_session_goes_on_when_its_provider_has_another_name(
    running: Running, providers: dict[str, RecordingProvider]
) -> None:
    """As the only one, which had none, has since there is a second one."""
    async with running(HOME):
        person = Traveller(providers)
        await person.sign_in('alice')
    async with running(WORK, HOME):
        assert await person.name() == 'Alice Adams'
        assert (await person.log_out()).headers['Location'].startswith(f'{ISSUERS[HOME]}/end-session?')
