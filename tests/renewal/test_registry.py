"""The renewers of all sessions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.renewal.registry import Renewers
from tests.renewal.conftest import FakeTab, SignedIn


async def test_all_tabs_of_a_session_share_its_renewer(alice: SignedIn) -> None:
    renewers = Renewers(alice.make)
    assert renewers.open(alice.session, FakeTab()) is renewers.open(alice.session, FakeTab())


async def test_the_renewer_goes_with_the_last_tab(alice: SignedIn) -> None:
    renewers = Renewers(alice.make)
    first, second = FakeTab(), FakeTab(path='/profile')
    renewer = renewers.open(alice.session, first)
    assert renewers.open(alice.session, second) is renewer
    renewers.leave(renewer, first)
    assert renewer.tabs == [second]
    renewers.leave(renewer, second)
    assert renewers.open(alice.session, first) is not renewer


async def test_a_tab_that_comes_or_goes_is_told_to_the_others(alice: SignedIn) -> None:
    renewers, told = Renewers(alice.make), []
    renewer = renewers.open(alice.session, FakeTab())
    renewer.changed.subscribe(lambda: told.append(len(renewer.tabs)))
    second = FakeTab(path='/profile')
    renewers.open(alice.session, second)
    renewers.leave(renewer, second)
    assert told == [2, 1]


async def test_what_happened_is_still_known_when_the_last_tab_was_closed(alice: SignedIn) -> None:
    renewers, tab = Renewers(alice.make), FakeTab()
    renewer = renewers.open(alice.session, tab)
    renewer.frames.add(alice.frame)
    renewed = await renewer.renew()
    renewers.leave(renewer, tab)
    again = renewers.open(renewed, tab)
    assert again is not renewer
    assert [entry.kind for entry in again.history] == ['signed-in', 'renewed']


async def test_what_happened_goes_over_to_the_session_that_follows(alice: SignedIn) -> None:
    renewers, tab, again = Renewers(alice.make), FakeTab(), replace(alice.session, id='again')
    renewer = renewers.open(alice.session, tab)
    renewers.hand_over(alice.session.id, again)
    renewers.leave(renewer, tab)
    assert [entry.kind for entry in renewers.open(again, tab).history] == ['signed-in', 'signed-in']
    assert [entry.kind for entry in renewers.open(alice.session, tab).history] == ['signed-in']


async def test_not_every_session_that_ever_was_is_remembered(alice: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('app.renewal.registry.HISTORIES', 2)
    renewers, tab = Renewers(alice.make), FakeTab()
    first = renewers.open(alice.session, tab).history
    for name in ('b', 'c'):
        renewers.leave(renewers.open(replace(alice.session, id=name), tab), tab)
    renewers.leave(next(iter(renewers)), tab)
    assert renewers.open(alice.session, tab).history is not first


async def test_a_session_that_has_ended_leaves_no_history(alice: SignedIn) -> None:
    renewers = Renewers(alice.make)
    renewer = renewers.open(alice.session, FakeTab())
    renewers.end(alice.session.id)
    assert [entry.kind for entry in renewer.history] == ['signed-in', 'ended']
    assert [entry.kind for entry in renewers.open(alice.session, FakeTab()).history] == ['signed-in']


async def test_a_newer_session_from_the_store_is_taken_over(alice: SignedIn) -> None:
    renewers = Renewers(alice.make)
    renewer = renewers.open(alice.session, FakeTab())
    newer = replace(alice.session, revision=5)
    renewers.open(newer, FakeTab())
    assert renewer.session is newer
    renewers.open(alice.session, FakeTab())
    assert renewer.session is newer


async def test_the_same_person_signing_in_again_keeps_the_tabs(alice: SignedIn) -> None:
    renewers = Renewers(alice.make)
    renewer, again = renewers.open(alice.session, FakeTab()), replace(alice.session, id='again')
    renewers.hand_over(alice.session.id, again)
    assert (renewer.session, renewer.state) == (again, 'active')
    assert renewers.open(again, FakeTab()) is renewer


async def test_somebody_else_signing_in_ends_the_tabs(alice: SignedIn) -> None:
    renewers = Renewers(alice.make)
    renewer, bob = renewers.open(alice.session, FakeTab()), replace(alice.session, id='bob', subject='demo|bob')
    renewers.hand_over(alice.session.id, bob)
    assert renewer.state == 'signed-out'
    assert renewers.open(bob, FakeTab()) is not renewer


async def test_ending_a_session_that_has_no_tab_does_nothing(alice: SignedIn) -> None:
    Renewers(alice.make).end('nobody')
