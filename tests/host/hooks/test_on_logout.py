"""`on_logout`: each end of a session is told once, with its reason."""

from __future__ import annotations

import asyncio

import pytest

from app.errors import SignedOutElsewhere
from tests.clock import FakeClock
from tests.host import hooked
from tests.host.conftest import opened
from tests.host.hooks.conftest import ended, sessions
from tests.person import Person
from tests.provider import RecordingProvider

pytestmark = pytest.mark.usefixtures('host')
WHY = 'Your account <b>is blocked</b>.'
COOKIE = 'stay_signed_in_browser_8080'


async def test_a_logout_is_told_once(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    form = await person.form()
    await asyncio.gather(*(person.copy().log_out(form) for _ in range(3)))
    await ended('session_ended')


async def test_a_logout_with_a_page_open_is_told_once_and_no_page_is_there(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    user = await opened(person, '/')
    await person.log_out()
    await user.should_see('You are no longer logged in here')
    await ended('session_ended')


async def test_all_sessions_that_an_administrator_ends_are_told(provider: RecordingProvider) -> None:
    await Person.signed_in(provider)
    await Person.signed_in(provider)
    assert await hooked.auth.sign_out(provider.issuer, 'demo|alice') == 2
    await hooked.until('logout', 'alice', 'Alice Adams', 'signed_out_by_admin')
    await hooked.auth.context.hooks.close()
    assert [words[3] for words in hooked.told if words[0] == 'logout'] == ['signed_out_by_admin'] * 2


async def test_a_device_that_is_logged_out_elsewhere_is_told(provider: RecordingProvider) -> None:
    await Person.signed_in(provider)
    (session,) = await sessions('alice', provider)
    assert await hooked.auth.context.registry.end_one(session.id, SignedOutElsewhere)
    assert not await hooked.auth.context.registry.end_one(session.id, SignedOutElsewhere)
    await ended('signed_out_elsewhere')


async def test_a_limit_is_told_when_the_browser_comes_back(provider: RecordingProvider, clock: FakeClock) -> None:
    person = await Person.signed_in(provider)
    clock.set(clock.now() + 700)
    await asyncio.gather(*(person.copy().get('/') for _ in range(3)))
    await ended('session_idle')


async def test_a_limit_is_told_at_once_where_a_page_is_open(provider: RecordingProvider, clock: FakeClock) -> None:
    person = await Person.signed_in(provider)
    await opened(person, '/')
    await clock.advance(700)
    await ended('session_idle')


async def test_another_person_in_the_same_browser_ends_the_session_of_the_one_before(
    provider: RecordingProvider,
) -> None:
    person = await Person.signed_in(provider)
    await person.sign_in('bob')
    await ended('another_user')
    assert hooked.told[0][:2] == ('login', 'alice')


async def test_the_same_person_who_signs_in_again_goes_on(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    await person.sign_in('alice')
    await hooked.auth.context.hooks.close()
    assert [words[0] for words in hooked.told] == ['login', 'login']


async def test_a_session_of_a_provider_that_is_not_used_any_more_is_told(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    (session,) = await sessions('alice', provider)
    store = hooked.auth.context.store
    assert await store.replace(session, session.changed(issuer='https://gone.example', provider='gone'))
    await person.get('/')
    await person.get('/')
    await ended('provider_gone')
