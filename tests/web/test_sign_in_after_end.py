"""The sign-in after an end: what it asks of the provider, which may know the browser still."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.clock import FakeClock
from tests.person import Person, place, query
from tests.provider import RecordingProvider

LIVES_ON = 'You may still be signed in at the sign-in service'
DISCOVERY = '/.well-known/openid-configuration'
Describe = Callable[..., Any]


@pytest.fixture
def settings() -> dict[str, str]:
    """What is set beside what every test's app has."""
    return {}


@pytest.fixture
def setting(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return ''


@pytest.fixture
async def describe(provider: RecordingProvider) -> Describe:
    """Have the provider's discovery document say something else; what is None is left out."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(provider)) as client:
        document = (await client.get(f'{provider.issuer}{DISCOVERY}')).json()

    def say(**changes: Any) -> None:
        said = {name: value for name, value in (document | changes).items() if value is not None}
        provider.answer(DISCOVERY, said)

    return say


async def asked(person: Person, **params: str) -> dict[str, str]:
    """The authorization request that a click on Log in makes."""
    return query((await person.get('/login', return_to='/profile', **params)).headers['Location'])


LIMITS = [{'SESSION_IDLE': '600'}, {'SESSION_MAX': '600'}]


@pytest.mark.parametrize('settings', LIMITS, ids=['idle', 'max'])
@pytest.mark.parametrize('pages', [('/',), ('/profile',), ('/logout',), ()], ids=['home', 'profile', 'logout', 'none'])
@pytest.mark.usefixtures('app')
async def test_after_a_limit_the_provider_is_asked_to_ask_whatever_is_opened_first(
    provider: RecordingProvider, clock: FakeClock, pages: tuple[str, ...]
) -> None:
    person = await Person.signed_in(provider)
    clock.set(clock.now() + 601)
    for page in pages:
        await person.get(page)
    for _ in range(2):  # and not only the first time, should it be given up halfway
        assert (await asked(person))['prompt'] == 'login'
    await person.sign_in('alice')
    assert 'prompt' not in await asked(person)


@pytest.mark.parametrize('settings', LIMITS, ids=['idle', 'max'])
@pytest.mark.usefixtures('app')
async def test_a_logout_after_the_limit_takes_nothing_of_that_back(
    provider: RecordingProvider, clock: FakeClock
) -> None:
    person = await Person.signed_in(provider)
    form = await person.form()
    clock.set(clock.now() + 601)
    assert '/end-session' in (await person.log_out(form)).headers['Location']
    assert (await asked(person))['prompt'] == 'login'
    assert (await asked(person, prompt='select_account'))['prompt'] == 'login'


@pytest.mark.parametrize(
    ('settings', 'prompt'),
    [
        ({'SESSION_IDLE': '600', 'LOGIN_AFTER_LIMIT': 'login'}, 'login'),
        ({'SESSION_IDLE': '600', 'LOGIN_AFTER_LIMIT': 'select_account'}, 'select_account'),
        ({'SESSION_IDLE': '600', 'LOGIN_AFTER_LIMIT': 'off'}, None),
    ],
)
@pytest.mark.usefixtures('app')
async def test_what_is_asked_after_a_limit_can_be_set(
    provider: RecordingProvider, clock: FakeClock, prompt: str | None
) -> None:
    person = await Person.signed_in(provider)
    clock.set(clock.now() + 601)
    assert (await asked(person)).get('prompt') == prompt
    assert (await asked(person, prompt='login'))['prompt'] == 'login'


@pytest.mark.parametrize(
    ('offered', 'prompt'),
    [
        (None, 'select_account'),
        (['none', 'login', 'consent', 'select_account'], 'select_account'),
        (['none', 'login', 'consent'], 'login'),
        ('nonsense', 'select_account'),
    ],
)
@pytest.mark.usefixtures('app')
async def test_after_a_logout_the_person_chooses_an_account(
    provider: RecordingProvider, describe: Describe, offered: object, prompt: str
) -> None:
    describe(prompt_values_supported=offered)
    person = await Person.signed_in(provider)
    await person.log_out()
    assert (await asked(person))['prompt'] == prompt
    assert (await asked(person, prompt='login'))['prompt'] == 'login'
    await person.sign_in('alice')
    assert 'prompt' not in await asked(person)


@pytest.mark.parametrize('error', ['invalid_request', 'account_selection_required', 'interaction_required'])
@pytest.mark.usefixtures('app')
async def test_a_provider_that_refuses_the_choice_of_an_account_is_asked_for_a_login_instead(
    provider: RecordingProvider, describe: Describe, error: str
) -> None:
    describe(prompt_values_supported=None)
    person = await Person.signed_in(provider)
    await person.log_out()
    refused = await asked(person)
    answer = await person.get('/callback', state=refused['state'], error=error, iss=provider.issuer)
    assert place(answer) == '/login?return_to=%2Fprofile&prompt=select_account'
    again = await asked(person)
    assert again['prompt'] == 'login'
    failed = await person.get('/callback', state=again['state'], error=error, iss=provider.issuer)
    assert error in failed.text  # which is no reason to ask a third time


@pytest.mark.usefixtures('app')
async def test_a_sign_in_that_a_person_cancels_is_not_begun_anew(
    provider: RecordingProvider, describe: Describe
) -> None:
    describe(prompt_values_supported=None)
    person = await Person.signed_in(provider)
    await person.log_out()
    request = await asked(person)
    answer = await person.get('/callback', state=request['state'], error='access_denied', iss=provider.issuer)
    assert 'access_denied' in answer.text
    assert (await asked(person))['prompt'] == 'select_account'


@pytest.mark.parametrize('has_place', [True, False])
@pytest.mark.usefixtures('app')
async def test_the_pages_say_that_the_session_at_the_provider_may_live_on_where_nothing_ends_it(
    provider: RecordingProvider, describe: Describe, has_place: bool
) -> None:
    if not has_place:
        describe(end_session_endpoint=None)
    person = await Person.signed_in(provider)
    assert (LIVES_ON in (await person.get('/logout')).text) is not has_place
    await person.log_out()
    for page in ('/', '/profile'):
        assert (LIVES_ON in (await person.get(page)).text) is not has_place
    last = (await person.get('/logout')).text
    assert LIVES_ON in last
    assert ('Log out there too' in last) is has_place


@pytest.mark.usefixtures('app')
async def test_a_visitor_is_asked_for_nothing_more(provider: RecordingProvider) -> None:
    assert 'prompt' not in await asked(Person(provider))


@pytest.mark.parametrize(
    ('settings', 'asks'),
    [({'SESSION_MAX': '600'}, True), ({'SESSION_MAX': '600', 'LOGIN_AFTER_LIMIT': 'off'}, False)],
)
@pytest.mark.usefixtures('app')
async def test_who_signs_in_again_just_before_the_limit_is_asked_as_well(
    provider: RecordingProvider, clock: FakeClock, asks: bool
) -> None:
    person = await Person.signed_in(provider)
    clock.set(clock.now() + 550)
    home = (await person.get('/')).text
    assert 'You will be logged out within a minute' in home
    assert ('prompt=login' in home) is asks
