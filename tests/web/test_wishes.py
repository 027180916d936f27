"""What links to sign in may ask for: the app's, and a stranger's."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.app_context import AppContext
from app.errors import AddressTooLong
from app.oidc.id_token import claims_of
from app.oidc.wishes.parameters import IN_SILENT
from app.oidc.wishes.wish import SignInWish
from app.settings.sign_in_params import OURS
from app.web.wishes.signed import PARAMETER, read_wish, signed_query
from tests.clock import FakeClock
from tests.person import Person, place, query
from tests.provider import RecordingProvider

DISCOVERY = '/.well-known/openid-configuration'
ALLOWED = ('login_hint', 'ui_locales', 'max_age', 'return_to', 'wish')
STRANGERS = [*sorted((OURS | IN_SILENT.keys()) - set(ALLOWED) - {'prompt'}), 'tenant', 'metadata', 'x']


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> str:
    """With a provider that has parameters of its own, and lets links set a few."""
    monkeypatch.setenv('OIDC_PARAMS', 'organization=org_1&ui_locales=de')
    monkeypatch.setenv('OIDC_LINK_PARAMS', ','.join(ALLOWED))
    return ''


async def asked(person: Person, **params: str) -> dict[str, str]:
    """The authorization request that a link makes."""
    return query((await person.get('/login', return_to='/profile', **params)).headers['Location'])


def context() -> AppContext:
    """That of this test's app, whose pages are imported anew."""
    found: AppContext = import_module('pages.inside').app_context()
    return found


def signed(**wish: Any) -> str:
    """A wish of the app itself, as it stands in a link."""
    return signed_query(context(), SignInWish(**wish))[PARAMETER]


def tokens(provider: RecordingProvider, **claims: Any) -> None:
    """Have the provider say this in each ID token."""

    async def respond(request: Request) -> Response:
        granted = json.loads(bytes((await provider.forward(request)).body))
        said = {**claims_of(granted['id_token']), **claims}
        granted['id_token'] = provider.demo._key.sign({k: v for k, v in said.items() if v is not None}, 'JWT')
        return JSONResponse(granted)

    provider.instead['/token'] = respond


@pytest.mark.parametrize('name', STRANGERS)
@pytest.mark.usefixtures('app')
async def test_a_strangers_link_sets_no_parameter_that_it_may_not(provider: RecordingProvider, name: str) -> None:
    person = Person(provider)
    plain, found = await asked(person), await asked(person, **{name: 'evil'})
    assert 'evil' not in found.values()
    assert found.keys() == plain.keys()


@pytest.mark.usefixtures('app')
async def test_a_link_sets_what_the_provider_allows_links_to_set_and_nothing_else(provider: RecordingProvider) -> None:
    found = await asked(Person(provider), login_hint='alice', ui_locales='fr', max_age='soon', organization='org_2')
    assert (found['login_hint'], found['ui_locales'], found['organization']) == ('alice', 'fr', 'org_1')
    assert 'max_age' not in found


@pytest.mark.parametrize('max_age', ['9' * 400, '\u0663', '-1', '1.5', ''])
@pytest.mark.usefixtures('app')
async def test_a_link_sets_no_max_age_that_is_no_number_of_seconds(provider: RecordingProvider, max_age: str) -> None:
    person = Person(provider)
    assert 'max_age' not in await asked(person, max_age=max_age)


@pytest.mark.parametrize(('prompt', 'sent'), [('login', 'login'), ('consent', None), ('none', None), ('create', None)])
@pytest.mark.usefixtures('app')
async def test_of_prompt_a_link_may_ask_what_asks_the_person(
    provider: RecordingProvider, prompt: str, sent: str | None
) -> None:
    assert (await asked(Person(provider), prompt=prompt)).get('prompt') == sent


@pytest.mark.usefixtures('app')
async def test_a_link_to_sign_up_asks_for_it_where_the_provider_offers_it(provider: RecordingProvider) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(provider)) as client:
        document = (await client.get(f'{provider.issuer}{DISCOVERY}')).json()
    provider.answer(DISCOVERY, document | {'prompt_values_supported': ['none', 'login', 'create']})
    assert (await asked(Person(provider), prompt='create'))['prompt'] == 'create'


@pytest.mark.usefixtures('app')
async def test_the_apps_own_link_asks_for_whatever_it_wishes(provider: RecordingProvider) -> None:
    wish = signed(
        params={'connection': 'x', 'organization': 'org_3', 'login_hint': 'bob'}, scope={'files'}, acr=('a',), max_age=5
    )
    found = await asked(Person(provider), wish=wish, login_hint='alice')
    expected = {'connection': 'x', 'organization': 'org_3', 'login_hint': 'bob', 'acr_values': 'a', 'max_age': '5'}
    assert found.items() >= expected.items()
    assert 'files' in found['scope'].split()


@pytest.mark.parametrize(
    'change', [lambda text: text[:-1], lambda text: 'x' + text, lambda _: '', lambda _: 'x' * 9000]
)
@pytest.mark.usefixtures('app')
async def test_a_wish_that_nobody_here_has_signed_is_none(
    provider: RecordingProvider, change: Callable[[str], str]
) -> None:
    text = change(signed(params={'connection': 'x'}))
    assert 'connection' not in await asked(Person(provider), wish=text)
    assert read_wish(context(), text) is None


@pytest.mark.usefixtures('app')
async def test_what_is_ours_is_not_set_by_a_wish_either(provider: RecordingProvider) -> None:
    found = await asked(Person(provider), wish=signed(params=dict.fromkeys(OURS, 'evil')))
    assert 'evil' not in found.values()


@pytest.mark.usefixtures('app')
async def test_what_is_asked_survives_the_detours_of_a_sign_in(provider: RecordingProvider) -> None:
    """An error, an answer with an unknown state, an address that is too long, the page that looks for a fragment."""
    person, wish = Person(provider), signed(params={'connection': 'x'})
    link = {'return_to': '/profile', 'wish': wish, 'login_hint': 'alice', 'prompt': 'login'}
    state = query((await person.get('/login', **link)).headers['Location'])['state']
    anew = place(await person.get('/callback', code='x', state='unknown'))
    refused = await person.get('/callback', error='access_denied', state=state)
    long = await person.get('/login', code=AddressTooLong.code, **link)
    for again in (anew, refused.text, long.text):
        assert wish in again
        assert 'login_hint=alice' in again
        assert 'prompt=login' in again
    assert query(anew)['wish'] == wish


# Step-up


async def stepped_up(person: Person, **wish: Any) -> httpx.Response:
    """What the callback answers to a sign-in that wishes for this, once the person did what the provider asked."""
    login = await person.get('/login', return_to='/profile', wish=signed(**wish))
    return await person.get(await at_provider(person, login.headers['Location']))


async def at_provider(person: Person, url: str, name: str = 'alice') -> str:
    answer = await person.get(url)
    if answer.status_code == 200:  # it asks who it is
        form = {'person': name, 'request': httpx.URL(url).query.decode()}
        clicked = await person.http.post(f'{person.provider.issuer}/sign-in', data=form)
        answer = await person.get(clicked.headers['Location'])
    return answer.headers['Location']


async def session_ids(person: Person) -> str:
    """What the session is known by in the pages."""
    return (await person.form())['session']


@pytest.mark.usefixtures('app')
async def test_a_stronger_sign_in_takes_the_place_of_the_session(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    tokens(provider, acr='gold')
    assert place(await stepped_up(person, acr=('gold',), max_age=60)) == '/profile'


@pytest.mark.parametrize(
    ('claims', 'code'),
    [
        ({'acr': 'silver'}, 'acr_too_low'),
        ({}, 'acr_too_low'),
        ({'acr': 'gold', 'auth_time': 1}, 'auth_time_too_old'),
        ({'acr': 'gold', 'auth_time': None}, 'auth_time_too_old'),
    ],
)
@pytest.mark.usefixtures('app')
async def test_a_weaker_answer_is_refused_with_its_code_and_changes_nothing(
    provider: RecordingProvider, claims: dict[str, Any], code: str
) -> None:
    person = await Person.signed_in(provider)
    before = await session_ids(person)
    tokens(provider, **claims)
    refused = await stepped_up(person, acr=('gold',), max_age=60)
    assert (refused.status_code, code in refused.text, 'Log in again' in refused.text) == (403, True, True)
    assert 'prompt=login' in refused.text
    assert (await session_ids(person), await person.name()) == (before, 'Alice Adams')


@pytest.mark.usefixtures('app')
async def test_who_answers_as_somebody_else_does_not_take_the_place_of_who_is_there(
    provider: RecordingProvider, clock: FakeClock
) -> None:
    person = await Person.signed_in(provider)
    before = await session_ids(person)
    clock.set(clock.now() + 61)
    login = await person.get('/login', return_to='/profile', wish=signed(max_age=60))
    refused = await person.get(await at_provider(person, login.headers['Location'], 'bob'))
    assert (refused.status_code, 'another_user' in refused.text) == (400, True)
    assert 'Log in as yourself' in refused.text
    assert 'Switch to them' in refused.text
    assert await session_ids(person) == before


@pytest.mark.usefixtures('app')
async def test_more_that_was_granted_is_asked_for_at_later_sign_ins_of_that_person_only(
    provider: RecordingProvider,
) -> None:
    person = await Person.signed_in(provider)
    await stepped_up(person, scope={'read:messages', 'files'})
    assert 'read:messages' in (await asked(person))['scope'].split()
    assert 'files' not in (await asked(person))['scope'].split()  # which was not granted
    assert 'read:messages' not in (await asked(person, prompt='login'))['scope'].split()  # perhaps of somebody else
    await person.log_out()
    assert 'read:messages' not in (await asked(person))['scope'].split()
