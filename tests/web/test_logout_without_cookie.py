"""Log out where the browser has lost the app's cookie, or the app its sessions: the person is out all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.sessions.session import Ending
from app.sessions.sqlite import SqliteSessionStore
from tests.clock import FakeClock
from tests.person import Person, place
from tests.provider import APP_URL, RecordingProvider
from tests.sessions.examples import execute
from tests.web.test_browser import secret_key, session_ids

pytestmark = pytest.mark.usefixtures('app')

COOKIE = 'stay_signed_in_browser_8080'
SAME_ORIGIN = {'Sec-Fetch-Site': 'same-origin', 'Origin': APP_URL}
UNSAID = {'Origin': 'null'}  # as a page without a referrer has a form sent by a browser without Fetch Metadata


async def without_cookie(provider: RecordingProvider) -> tuple[Person, Person, dict[str, str]]:
    """Somebody whose cookie is gone while a page is open, whoever has kept it, and the form on the page."""
    person = await Person.signed_in(provider)
    form, before = await person.form(), person.copy()
    del person.http.cookies[COOKIE]
    return person, before, form


async def assert_out(person: Person) -> None:
    """Nothing signs the person in again without a click of theirs."""
    home, profile = await person.get('/'), await person.get('/profile')
    assert 'You are logged out, in all tabs of this browser.' in home.text
    assert 'Checking for a session' not in home.text
    assert (profile.status_code, 'You are logged out' in profile.text) == (401, True)
    assert 'prompt=select_account' in (await person.get('/login')).headers['Location']


@pytest.mark.parametrize('looked_around', [False, True], ids=['at once', 'after a look around'])
async def test_who_logs_out_without_the_cookie_is_out_and_stays_out(
    provider: RecordingProvider, looked_around: bool
) -> None:
    person, before, form = await without_cookie(provider)
    if looked_around:
        await person.get('/')  # another tab: the browser is a visitor now, with an id of its own
    assert 'id_token_hint' in (await person.log_out(form, **SAME_ORIGIN)).headers['Location']
    assert await before.name() is None
    await assert_out(person)
    await assert_out(before)
    await person.sign_in('alice')
    assert await person.name() == 'Alice Adams'


async def test_a_session_that_is_over_already_is_out_too(provider: RecordingProvider, clock: FakeClock) -> None:
    person, _, form = await without_cookie(provider)
    session_id, _ = session_ids()
    store = SqliteSessionStore(Path('.data/sessions.sqlite3'), secret_key)
    await store.open()
    await store.end(session_id, Ending('refresh_token_refused', clock.now()))
    await store.close()
    assert '/end-session?' in (await person.log_out(form, **SAME_ORIGIN)).headers['Location']
    await assert_out(person)


@pytest.mark.parametrize('keeps_cookie', [False, True], ids=['cookie gone', 'cookie there'])
async def test_an_app_that_has_lost_its_sessions_still_knows_what_was_wished(
    provider: RecordingProvider, keeps_cookie: bool
) -> None:
    person, before, form = await without_cookie(provider)
    for table in ('sessions', 'browsers'):
        execute(Path('.data/sessions.sqlite3'), f'DELETE FROM {table}')
    person = before if keeps_cookie else person
    assert '/end-session?' in (await person.log_out(form, **SAME_ORIGIN)).headers['Location']
    await assert_out(person)


@pytest.mark.parametrize('headers', [SAME_ORIGIN, UNSAID], ids=['same origin', 'origin unsaid'])
async def test_a_form_without_the_token_ends_no_session_of_a_browser_that_is_not_known(
    provider: RecordingProvider, headers: dict[str, str]
) -> None:
    person, before, form = await without_cookie(provider)
    refused = await person.log_out(form | {'csrf': 'forged'}, **headers)
    assert (refused.status_code, 'forged_request' in refused.text) == (403, True)
    assert await before.name() == 'Alice Adams'


@pytest.mark.parametrize(
    'headers', [{'Sec-Fetch-Site': 'cross-site'}, {'Sec-Fetch-Site': 'same-site'}, {'Origin': 'https://evil.example'}]
)
async def test_a_form_of_another_site_does_nothing_even_with_a_valid_token(
    provider: RecordingProvider, headers: dict[str, str]
) -> None:
    person, before, form = await without_cookie(provider)
    refused = await person.log_out(form, **headers)
    assert (refused.status_code, COOKIE in refused.headers.get('Set-Cookie', '')) == (403, False)
    assert await before.name() == 'Alice Adams'


async def test_another_sites_form_for_a_session_of_its_own_takes_no_cookie_away(provider: RecordingProvider) -> None:
    """A cross-site POST brings no `SameSite=Lax` cookie: whoever is signed in looks like a visitor."""
    mallory, alice = await Person.signed_in(provider, 'bob'), await Person.signed_in(provider, 'alice')
    form, before = await mallory.form(), alice.copy()
    del alice.http.cookies[COOKIE]
    response = await alice.log_out(form, **UNSAID)
    assert (place(response), COOKIE in response.headers.get('Set-Cookie', '')) == ('/', False)
    assert [await before.name(), await mallory.name()] == ['Alice Adams', None]


async def test_a_form_of_another_browsers_session_leaves_whoever_is_signed_in_here(provider: RecordingProvider) -> None:
    alice, bob = await Person.signed_in(provider, 'alice'), await Person.signed_in(provider, 'bob')
    assert place(await bob.log_out(await alice.form(), **SAME_ORIGIN)) == '/'
    assert [await alice.name(), await bob.name()] == [None, 'Bob Brown']
