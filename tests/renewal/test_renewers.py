"""The renewers of all sessions."""

from __future__ import annotations

from dataclasses import replace

from app.renewal.renewers import Renewers
from tests.renewal.conftest import SignedIn


async def test_all_tabs_of_a_session_share_its_renewer(alice: SignedIn) -> None:
    renewers = Renewers(alice.make)
    assert renewers.open(alice.session) is renewers.open(alice.session)


async def test_the_renewer_goes_with_the_last_tab(alice: SignedIn) -> None:
    renewers = Renewers(alice.make)
    first, second = renewers.open(alice.session), renewers.open(alice.session)
    renewers.leave(first)
    assert renewers.open(alice.session) is second
    renewers.leave(second)
    renewers.leave(second)
    assert renewers.open(alice.session) is not second


async def test_a_newer_session_from_the_store_is_taken_over(alice: SignedIn) -> None:
    renewers = Renewers(alice.make)
    renewer = renewers.open(alice.session)
    newer = replace(alice.session, revision=5)
    renewers.open(newer)
    assert renewer.session is newer
    renewers.open(alice.session)
    assert renewer.session is newer


async def test_the_same_person_signing_in_again_keeps_the_tabs(alice: SignedIn) -> None:
    renewers = Renewers(alice.make)
    renewer, again = renewers.open(alice.session), replace(alice.session, id='again')
    renewers.hand_over(alice.session.id, again)
    assert (renewer.session, renewer.state) == (again, 'active')
    assert renewers.open(again) is renewer


async def test_somebody_else_signing_in_ends_the_tabs(alice: SignedIn) -> None:
    renewers = Renewers(alice.make)
    renewer, bob = renewers.open(alice.session), replace(alice.session, id='bob', subject='demo|bob')
    renewers.hand_over(alice.session.id, bob)
    assert renewer.state == 'signed-out'
    assert renewers.open(bob) is not renewer


async def test_ending_a_session_that_has_no_tab_does_nothing(alice: SignedIn) -> None:
    Renewers(alice.make).end('nobody')
