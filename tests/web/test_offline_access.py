"""A provider that gives a refresh token only with consent: learnt at a sign-in, told on the page."""

from __future__ import annotations

import pytest

from tests.clock import FakeClock
from tests.pages.conftest import tab
from tests.person import Person, query
from tests.provider import RecordingProvider

NEEDED = 'openid profile email offline_access'


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('OIDC_SCOPE', NEEDED)
    monkeypatch.setenv('RENEWAL', 'refresh_token')


async def prompt(person: Person) -> str | None:
    """What the next sign-in asks the provider to ask."""
    return query((await person.get('/login')).headers['Location']).get('prompt')


async def test_a_sign_in_without_a_refresh_token_has_the_next_one_ask_for_consent(
    offline: None, app: None, provider: RecordingProvider
) -> None:
    provider.change_tokens(refresh_token=None)
    alice = Person(provider)
    assert await prompt(alice) is None
    await alice.sign_in('alice')
    assert await prompt(alice) == 'consent'
    provider.behave()
    await alice.sign_in('alice')
    assert await prompt(alice) == 'consent'  # which is what it took


async def test_where_consent_brings_none_either_nobody_is_asked_each_time(
    offline: None, app: None, provider: RecordingProvider
) -> None:
    provider.change_tokens(refresh_token=None)
    alice = Person(provider)
    for _ in range(2):
        await alice.sign_in('alice')
    assert await prompt(alice) is None


async def test_where_one_comes_nobody_is_asked_for_consent(
    offline: None, app: None, provider: RecordingProvider
) -> None:
    alice = await Person.signed_in(provider)
    assert await prompt(alice) is None


async def test_the_page_does_not_say_that_a_session_has_ended_of_which_nobody_knows_that(
    offline: None, app: None, provider: RecordingProvider, clock: FakeClock
) -> None:
    provider.change_tokens(refresh_token=None)
    user = tab(await Person.signed_in(provider))
    await user.open('/')
    await clock.advance(provider.token_lifetime + 1)
    await user.should_see('nothing to renew it with')
    await user.should_see('Log in again')
    await user.should_not_see('has ended')


async def test_the_session_page_says_why_there_is_no_refresh_token(
    offline: None, app: None, provider: RecordingProvider
) -> None:
    provider.change_tokens(refresh_token=None)
    user = tab(await Person.signed_in(provider))
    await user.open('/session')
    await user.should_see('prompt=consent')
