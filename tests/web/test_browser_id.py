"""The id of a browser changes with every sign-in and every end, so that whoever knew it before can do nothing."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from nicegui import app as nicegui_app

from tests.clock import FakeClock
from tests.person import Person, place
from tests.provider import RecordingProvider
from tests.sessions.examples import execute

pytestmark = pytest.mark.usefixtures('app')

COOKIE = 'stay_signed_in_browser_8080'
ROUNDS = range(6)


def sql(statement: str) -> list[Any]:
    return execute(Path('.data/sessions.sqlite3'), statement)


def sets_cookie(response: httpx.Response) -> bool:
    return any(value.startswith(f'{COOKIE}=') for value in response.headers.get_list('Set-Cookie'))


def id_of(person: Person) -> str:
    return str(person.http.cookies[COOKIE]).split('.', 1)[0]


@pytest.mark.parametrize('gone', [False, True], ids=['there', 'gone from the store'])
async def test_the_cookie_and_form_of_an_earlier_person_end_nothing_of_the_later_one(
    provider: RecordingProvider, gone: bool
) -> None:
    person = await Person.signed_in(provider, 'alice')
    earlier, form = person.copy(), await person.form()
    if gone:
        sql('DELETE FROM sessions')
    await person.sign_in('bob')
    provider.requests.clear()
    response = await earlier.log_out(form)
    assert place(response) == '/'  # and not to the provider, with anybody's id_token_hint
    assert not sets_cookie(response)
    assert await person.name() == 'Bob Brown'
    assert await earlier.name() is None


async def test_a_form_of_an_earlier_session_of_the_same_person_asks_once_more(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    form = await person.form()
    await person.sign_in('alice')
    assert place(await person.log_out(form)) == '/logout'
    assert await person.name() == 'Alice Adams'
    assert 'Log out?' in (await person.get('/logout')).text


async def test_a_cookie_that_was_known_before_a_sign_in_ends_nothing_afterwards(provider: RecordingProvider) -> None:
    """Mallory has made the victim's browser take over an anonymous id, and has signed in with it elsewhere."""
    mallory = Person(provider)
    await mallory.get('/login')
    victim = mallory.copy()
    await victim.sign_in('alice')
    await mallory.sign_in('bob')
    response = await mallory.log_out()
    assert 'id_token_hint' in response.headers['Location']
    assert await victim.name() == 'Alice Adams'
    await mallory.log_out(await victim.form() | {'csrf': 'forged'})
    assert await victim.name() == 'Alice Adams'


async def test_two_callbacks_at_the_same_moment_make_one_session_of_one_person(provider: RecordingProvider) -> None:
    for _ in ROUNDS:
        person = Person(provider)
        urls = [await person.callback_url('alice', f'/profile?tab={tab}') for tab in range(2)]
        before = person.copy()
        responses = await asyncio.gather(*(tab.get(url) for tab, url in zip([before, before], urls, strict=True)))
        assert {place(response) for response in responses} == {'/profile?tab=0', '/profile?tab=1'}
        assert sorted(map(sets_cookie, responses)) == [False, True]
        assert await before.name() == 'Alice Adams'
        assert sql('SELECT count(*) FROM sessions') == [(1,)]
        await before.log_out()
        sql('DELETE FROM sessions')


async def test_two_callbacks_at_the_same_moment_leave_one_of_two_people(provider: RecordingProvider) -> None:
    for _ in ROUNDS:
        person = Person(provider)
        urls = [await person.callback_url(name) for name in ('alice', 'bob')]
        responses = await asyncio.gather(*(person.get(url) for url in urls))
        assert sorted(response.status_code for response in responses) == [303, 401]
        assert sorted(map(sets_cookie, responses)) == [False, True]
        first = ('Alice Adams', 'Bob Brown')[[response.status_code for response in responses].index(303)]
        assert await person.name() == first
        assert sql('SELECT count(*) FROM sessions') == [(1,)]
        assert sql('SELECT count(*) FROM authorizations') == [(0,)]
        await person.log_out()
        sql('DELETE FROM sessions')


async def test_a_store_that_fails_in_the_middle_of_a_callback_leaves_what_was(
    provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await Person.signed_in(provider, 'alice')
    url, before = await person.callback_url('bob'), id_of(person)
    with monkeypatch.context() as failing:
        failing.setattr('app.sessions.sqlite.KEEP_BROWSER', 'INSERT INTO nowhere VALUES (?, ?, ?, ?)')
        response = await person.get(url)
    assert (response.status_code, 'store_failed' in response.text) == (503, True)
    assert (id_of(person), await person.name()) == (before, 'Alice Adams')
    await person.log_out()
    assert await person.name() is None


async def test_every_sign_in_and_every_logout_changes_the_id(provider: RecordingProvider) -> None:
    person, ids = Person(provider), []
    await person.get('/')
    for step in (person.sign_in('alice'), person.sign_in('alice'), person.sign_in('bob'), person.log_out()):
        ids.append(id_of(person))
        await step
    assert len({*ids, id_of(person)}) == 5


@pytest.mark.parametrize('setting', ['SESSION_MAX'])
async def test_a_limit_changes_the_id_once(provider: RecordingProvider, clock: FakeClock) -> None:
    person = await Person.signed_in(provider)
    clock.set(clock.now() + 601)
    before, parallel = id_of(person), person.copy()
    assert sets_cookie(await person.get('/'))
    assert id_of(person) != before
    assert not sets_cookie(await person.get('/'))
    answer = await parallel.get('/')
    assert not sets_cookie(answer)
    assert 'as long as it may' in answer.text


async def test_a_session_that_was_ended_by_something_else_changes_the_id_with_the_next_page(
    provider: RecordingProvider,
) -> None:
    person = await Person.signed_in(provider)
    form, stranger = await person.form(), Person(provider)
    assert (await stranger.log_out(form)).status_code == 303  # its token is enough, whatever the cookie says
    assert not stranger.http.cookies.get(COOKIE)
    before = id_of(person)
    assert 'You are logged out' in (await person.get('/')).text
    assert id_of(person) != before


def storage_of(person: Person) -> str:
    """By which `app.storage.user` is known."""
    payload = str(person.http.cookies['stay_signed_in_storage_8080']).split('.', 1)[0]
    return str(json.loads(b64decode(payload))['id'])


async def test_what_the_app_keeps_of_a_person_goes_with_them_and_stays_with_the_same(
    provider: RecordingProvider,
) -> None:
    person, known = Person(provider), []
    await person.get('/')
    for name in ('alice', 'alice', 'bob'):
        known.append(storage_of(person))
        await person.sign_in(name)
    known.append(storage_of(person))
    await person.log_out()
    visitor, alice, alice_again, bob = known
    assert alice == alice_again
    assert len({visitor, alice, bob, storage_of(person)}) == 4


async def test_what_a_visitor_has_left_stays_with_them_when_they_sign_in(provider: RecordingProvider) -> None:
    person = Person(provider)
    await person.get('/')
    (storage,) = nicegui_app.storage._users.values()  # there is no public way to it without a page
    storage['basket'] = ['a book']
    before = storage_of(person)
    await person.sign_in('alice')
    assert (storage_of(person), storage['basket']) == (before, ['a book'])
    await person.log_out()
    assert storage_of(person) != before
    assert 'basket' not in storage


def keep_a_draft() -> dict[str, Any]:
    """What a page writes to `app.storage.user`; there is no public way to it without a page."""
    storage: dict[str, Any] = list(nicegui_app.storage._users.values())[-1]
    storage['draft'] = 'Dear Bob'
    return storage


async def lose_our_cookie(person: Person) -> None:
    person.http.cookies.delete(COOKIE)


async def lose_the_session(person: Person) -> None:
    sql('DELETE FROM sessions')


async def lose_nothing(person: Person) -> None:
    pass


@pytest.mark.parametrize('lose', [lose_nothing, lose_our_cookie, lose_the_session])
@pytest.mark.parametrize('name', ['alice', 'bob'])
async def test_what_a_person_has_written_is_there_when_they_sign_in_again_and_for_nobody_else(
    provider: RecordingProvider, lose: Callable[[Person], Awaitable[None]], name: str
) -> None:
    person = await Person.signed_in(provider)
    await person.get('/')
    storage, before = keep_a_draft(), storage_of(person)
    await lose(person)
    await person.sign_in(name)
    assert (storage_of(person) == before) is (name == 'alice')
    assert storage.get('draft') == ('Dear Bob' if name == 'alice' else None)


async def test_an_id_that_has_a_successor_is_not_sent_anew(provider: RecordingProvider, clock: FakeClock) -> None:
    """A page that was asked for before a sign-in, and is answered after it, must not undo that."""
    person = Person(provider)
    await person.get('/')
    stale = person.copy()
    await person.sign_in('alice')
    clock.set(clock.now() + 2 * 86_400)
    assert not sets_cookie(await stale.get('/'))
    assert sets_cookie(await person.get('/'))
