"""What an app keeps for a person: it goes with them, and nobody else finds it."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

import pytest
from nicegui.observables import ObservableDict

from app.sessions.session import ABANDONED_AFTER
from app.ui.person_storage import DAY, KEY, LARGE, PersonStorage
from tests.clock import FakeClock
from tests.sessions.examples import alice

ALICE, ALICES_PHONE = alice(), alice()
BOB = replace(alice(), subject='bob')
ALICE_ELSEWHERE = replace(alice(), issuer='https://another')  # another person, whose subject is the same


@pytest.fixture
def general() -> dict[str, Any]:
    """Instead of `app.storage.general`."""
    return ObservableDict({'theirs': 1})


@pytest.fixture
def storage(general: dict[str, Any], clock: FakeClock) -> PersonStorage:
    return PersonStorage(clock, lambda: general)


def test_a_person_finds_their_things_on_another_device_and_nobody_else_does(storage: PersonStorage) -> None:
    storage.of(ALICE)['theme'] = 'dark'
    assert storage.of(ALICES_PHONE) == {'theme': 'dark'}
    assert [storage.of(BOB), storage.of(ALICE_ELSEWHERE)] == [{}, {}]
    storage.of(BOB)['theme'] = 'light'
    assert storage.of(ALICE) == {'theme': 'dark'}


def test_what_two_pages_of_a_person_have_is_one_and_the_same(storage: PersonStorage) -> None:
    assert storage.of(ALICE) is storage.of(ALICES_PHONE)


def test_each_change_is_written_down_however_deep(storage: PersonStorage, general: ObservableDict) -> None:
    things, written = storage.of(ALICE), []
    general.on_change(lambda: written.append(json.dumps(general)))
    things['cart'] = []
    things['cart'].append({'count': 1})
    things['cart'][0]['count'] = 2
    assert len(written) == 3
    assert '"count": 2' in written[-1]


def test_looking_at_them_writes_once_a_day(storage: PersonStorage, general: ObservableDict, clock: FakeClock) -> None:
    written: list[None] = []
    general.on_change(lambda: written.append(None))
    for _ in range(3):
        storage.of(ALICE)
    first = len(written)
    clock.set(clock.now() + DAY - 1)
    storage.of(ALICE)
    assert len(written) == first
    clock.set(clock.now() + 1)
    for _ in range(3):
        storage.of(ALICE)
    assert len(written) == first + 1


def test_what_was_kept_before_a_restart_is_there(general: ObservableDict, clock: FakeClock) -> None:
    PersonStorage(clock, lambda: general).of(ALICE)['theme'] = 'dark'
    read = ObservableDict(json.loads(json.dumps(general)))
    assert PersonStorage(clock, lambda: read).of(ALICE) == {'theme': 'dark'}


def test_who_they_are_is_not_written_down(storage: PersonStorage, general: ObservableDict) -> None:
    storage.of(ALICE)['theme'] = 'dark'
    written = json.dumps(general)
    assert not [text for text in (ALICE.subject, ALICE.issuer, 'Alice', 'example.com') if text in written]


def test_the_hosts_own_things_stay_and_may_all_be_cleared(storage: PersonStorage, general: ObservableDict) -> None:
    storage.of(ALICE)['theme'] = 'dark'
    storage.forget(ALICE.issuer, ALICE.subject)
    assert (general['theirs'], storage.of(ALICE)) == (1, {})
    general.clear()
    assert storage.of(ALICE) == {}


@pytest.mark.parametrize('damaged', [None, 'text', {}, {'kept': 'text', 'seen_at': 'text'}])
def test_what_is_not_as_we_write_it_counts_as_gone(
    storage: PersonStorage, general: ObservableDict, damaged: object
) -> None:
    storage.of(BOB)  # what is found at the start is looked at, and what comes later, too
    general[KEY][ALICE.owner] = damaged
    storage.of(ALICE)['theme'] = 'dark'
    assert storage.of(ALICE) == {'theme': 'dark'}


def test_forgetting_a_person_forgets_nobody_else(storage: PersonStorage, general: ObservableDict) -> None:
    for session in (ALICE, BOB):
        storage.of(session)['theme'] = 'dark'
    storage.forget(ALICE.issuer, ALICE.subject)
    storage.forget('https://op', 'nobody')
    assert (ALICE.owner in general[KEY], storage.of(BOB)) == (False, {'theme': 'dark'})


def test_the_things_of_who_never_came_back_go(
    storage: PersonStorage, general: ObservableDict, clock: FakeClock
) -> None:
    for session in (ALICE, BOB):
        storage.of(session)['theme'] = 'dark'
    clock.set(clock.now() + ABANDONED_AFTER - DAY)
    storage.of(BOB)
    clock.set(clock.now() + 2 * DAY)
    assert storage.of(BOB) == {'theme': 'dark'}
    assert ALICE.owner not in general[KEY]


def test_a_person_with_very_much_is_told_of_once_a_day(
    storage: PersonStorage, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    storage.of(ALICE)['large'] = 'x' * LARGE
    storage.of(BOB)['small'] = 'x' * (LARGE - 100)
    clock.set(clock.now() + DAY)
    for session in (ALICE, ALICES_PHONE, BOB):
        storage.of(session)
    ((_, level, message),) = caplog.record_tuples
    assert level == logging.WARNING
    assert ALICE.owner in message
    assert 'xxx' not in message
