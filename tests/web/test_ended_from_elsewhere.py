"""A session that was ended by somebody else, or on another device: what its browser is told, and the sign-in after."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.errors.codes import by_code
from app.sessions.session import Ending, Session
from app.sessions.sqlite import SqliteSessionStore
from tests.clock import FakeClock
from tests.person import Person, query
from tests.provider import RecordingProvider
from tests.web.test_browser import secret_key

CODES = ['signed_out_by_admin', 'signed_out_elsewhere']
PHONE = 'Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0'
pytestmark = pytest.mark.usefixtures('app')


@pytest.fixture
async def store(app: None) -> AsyncIterator[SqliteSessionStore]:
    """The app's, as another process opens it."""
    store = SqliteSessionStore(Path('.data/sessions.sqlite3'), secret_key)
    await store.open()
    yield store
    await store.close()


async def sessions(store: SqliteSessionStore, provider: RecordingProvider) -> list[Session]:
    return await store.sessions_of(provider.issuer, 'demo|alice')


@pytest.mark.parametrize('code', CODES)
async def test_its_browser_is_told_and_nothing_signs_it_in_again(
    provider: RecordingProvider, store: SqliteSessionStore, clock: FakeClock, code: str
) -> None:
    person = await Person.signed_in(provider)
    await store.end_all(provider.issuer, 'demo|alice', Ending(code, clock.now()))
    for _ in range(2):
        home, profile = await person.get('/'), await person.get('/profile')
        assert by_code(code).title in home.text
        assert 'Checking for a session' not in home.text
        assert (profile.status_code, by_code(code).title in profile.text) == (401, True)


@pytest.mark.parametrize('code', CODES)
async def test_the_next_sign_in_asks_who_it_is_whatever_is_set_for_limits(
    provider: RecordingProvider, store: SqliteSessionStore, clock: FakeClock, code: str
) -> None:
    person = await Person.signed_in(provider)
    await store.end_all(provider.issuer, 'demo|alice', Ending(code, clock.now()))
    login = await person.get('/login', return_to='/profile')
    assert query(login.headers['Location'])['prompt'] == 'login'
    await person.sign_in('alice')
    assert await person.name() == 'Alice Adams'


async def test_a_device_is_known_by_what_its_browser_says_at_the_sign_in(
    provider: RecordingProvider, store: SqliteSessionStore
) -> None:
    phone = Person(provider)
    phone.http.headers['User-Agent'] = PHONE
    await phone.sign_in('alice')
    (session,) = await sessions(store, provider)
    assert session.device == 'Firefox on Android'


async def test_a_browser_that_says_nothing_of_itself_signs_in_too(
    provider: RecordingProvider, store: SqliteSessionStore
) -> None:
    person = Person(provider)
    del person.http.headers['User-Agent']
    await person.sign_in('alice')
    assert [session.device for session in await sessions(store, provider)] == ['']
