"""Your devices, as the profile page shows them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nicegui.testing import User

from app.devices.devices import Device
from app.errors import SessionEnded, SignedOutElsewhere
from app.sessions.session import Ending
from app.sessions.sqlite import SqliteSessionStore
from app.ui.devices import ago, line
from pages.kept_text import NOBODY
from tests.clock import START, FakeClock
from tests.pages.conftest import press, tab
from tests.person import Person
from tests.provider import RecordingProvider
from tests.web.test_browser import secret_key

PHONE = 'Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0'
TABLET = 'Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1'


async def sign_in(provider: RecordingProvider, user_agent: str, name: str = 'alice') -> Person:
    """On another device."""
    person = Person(provider)
    person.http.headers['User-Agent'] = user_agent
    await person.sign_in(name)
    return person


@pytest.fixture
async def phone(alice: Person, provider: RecordingProvider) -> AsyncIterator[Person]:
    """Alice's phone, signed in."""
    person = await sign_in(provider, PHONE)
    yield person
    await person.http.aclose()


def shown(user: User, test_id: str) -> int:
    """How many elements with this test ID the page has."""
    assert user.client is not None
    return sum(one.props.get('data-testid') == test_id for one in user.client.elements.values())


async def test_a_person_sees_their_devices_and_nobody_elses(
    alice: Person, phone: Person, provider: RecordingProvider
) -> None:
    await (await sign_in(provider, TABLET, 'bob')).http.aclose()
    user = tab(alice)
    await user.open('/profile')
    await user.should_see('Firefox on Android')
    await user.should_see('This device')
    assert [shown(user, test_id) for test_id in ('device', 'device-this', 'device-end')] == [2, 1, 1]
    await user.should_not_see('Safari on iPad')


async def test_who_is_signed_in_here_only_has_nothing_to_log_out(alice: Person) -> None:
    user = tab(alice)
    await user.open('/profile')
    await user.should_see('This device')
    assert [shown(user, test_id) for test_id in ('device', 'device-end', 'devices-end-others')] == [1, 0, 0]


async def test_a_device_that_is_logged_out_goes_from_the_list_and_its_page_says_why(
    alice: Person, phone: Person
) -> None:
    user, there = tab(alice), tab(phone)
    await there.open('/session')
    await user.open('/profile')
    await user.should_see('Firefox on Android')
    press(user, 'device-end')
    await user.should_see('Firefox on Android is logged out')
    await there.should_see(SignedOutElsewhere.title)
    assert [shown(user, test_id) for test_id in ('device', 'device-end', 'devices-end-others')] == [1, 0, 0]
    assert [await alice.name(), await phone.name()] == ['Alice Adams', None]


async def test_everywhere_else_is_not_here(alice: Person, phone: Person, provider: RecordingProvider) -> None:
    tablet, user = await sign_in(provider, TABLET), tab(alice)
    await user.open('/profile')
    await user.should_see('Safari on iPad')
    press(user, 'devices-end-others')
    await user.should_see('2 other devices are logged out')
    assert shown(user, 'device') == 1
    assert [await person.name() for person in (alice, phone, tablet)] == ['Alice Adams', None, None]
    await tablet.http.aclose()


async def test_a_device_that_is_new_comes_by_itself(
    alice: Person, provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('app.ui.devices.REFRESH', 0.01)
    user = tab(alice)
    await user.open('/profile')
    await user.should_see('This device')
    await (await sign_in(provider, TABLET)).http.aclose()
    await user.should_see('Safari on iPad')


async def test_of_very_many_devices_those_are_shown_that_were_seen_last(
    alice: Person, phone: Person, provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('app.ui.devices.MOST_SHOWN', 2)
    others, user = [await sign_in(provider, TABLET) for _ in range(2)], tab(alice)
    await user.open('/profile')
    await user.should_see('and 2 more, where you were last active longer ago')
    assert shown(user, 'device') == 2
    press(user, 'devices-end-others')
    await user.should_see('3 other devices are logged out')
    await user.should_not_see('longer ago')
    for person in others:
        await person.http.aclose()


@pytest.mark.parametrize('code', ['session_ended', 'signed_out_by_admin', 'signed_out_elsewhere', 'session_idle'])
async def test_what_was_typed_goes_with_every_logout_and_waits_after_a_limit(
    alice: Person, provider: RecordingProvider, clock: FakeClock, code: str
) -> None:
    store = SqliteSessionStore(Path('.data/sessions.sqlite3'), secret_key)
    await store.open()
    await store.end_all(provider.issuer, 'demo|alice', Ending(code, clock.now()))
    await store.close()
    user = tab(alice)
    await user.open('/')
    assert user.client is not None
    owners = {one.props['owner'] for one in user.client.elements.values() if type(one).__name__ == 'KeptText'}
    assert owners == ({''} if code == 'session_idle' else {NOBODY})


async def test_the_list_goes_with_the_person(alice: Person, phone: Person) -> None:
    user = tab(alice)
    await user.open('/profile')
    await user.should_see('Firefox on Android')
    await alice.log_out()
    await user.should_not_see('Firefox on Android')
    assert shown(user, 'device') == 0


async def test_a_page_that_has_not_heard_of_its_end_logs_out_nobody(
    alice: Person, phone: Person, provider: RecordingProvider, clock: FakeClock
) -> None:
    user = tab(alice)
    await user.open('/profile')
    await user.should_see('Firefox on Android')
    elsewhere = SqliteSessionStore(Path('.data/sessions.sqlite3'), secret_key)
    await elsewhere.open()
    (own,) = [
        each
        for each in await elsewhere.sessions_of(provider.issuer, 'demo|alice')
        if each.device != 'Firefox on Android'
    ]
    await elsewhere.end(own.id, Ending(SessionEnded.code, clock.now()))
    await elsewhere.close()
    press(user, 'devices-end-others')
    await user.should_see(SessionEnded.title)
    assert await phone.name() == 'Alice Adams'


@pytest.mark.parametrize(
    ('seconds', 'text'),
    [
        (-5, 'just now'),
        (59, 'just now'),
        (60, '1 minute ago'),
        (3599, '59 minutes ago'),
        (3600, '1 hour ago'),
        (86_399, '23 hours ago'),
        (86_400, '1 day ago'),
        (34_560_000, '400 days ago'),
    ],
)
def test_how_long_ago_something_was_is_said_in_one_unit(seconds: float, text: str) -> None:
    assert ago(seconds) == text


@pytest.mark.parametrize(
    ('name', 'is_open', 'is_this', 'said'),
    [
        ('Chrome on Windows', True, False, ('computer', 'Chrome on Windows', 'Active now')),
        ('Chrome on Windows', False, True, ('computer', 'Chrome on Windows', 'Active now')),
        ('Safari on iPad', False, False, ('smartphone', 'Safari on iPad', 'Last active 5 minutes ago')),
        ('', False, False, ('computer', 'Unknown device', 'Last active 5 minutes ago')),
    ],
)
def test_a_line_says_which_device_it_is_and_since_when(
    name: str, is_open: bool, is_this: bool, said: tuple[str, str, str]
) -> None:
    shown = line(Device('reference', name, START - 7200, START - 300, is_open, is_this), START)
    assert (shown.icon, shown.name, *shown.texts) == (*said, 'Logged in 2 hours ago')
