"""The registry of all sessions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.errors import ProviderFailed, RenewalTooSoon, SessionEnded, SessionIdle, StoreFailed
from app.renewal.events import Failure
from app.renewal.limits import Limits
from app.renewal.registry import KEPT
from app.sessions.session import Ending
from tests.clock import START, FakeClock
from tests.renewal.answers import FailingFrame
from tests.renewal.conftest import FakeTab, SignedIn


async def test_all_tabs_of_a_session_share_one_live_session(alice: SignedIn) -> None:
    registry = alice.registry()
    assert registry.open(alice.session, FakeTab()) is registry.open(alice.session, FakeTab())


async def test_a_live_session_outlives_its_last_tab(alice: SignedIn) -> None:
    registry = alice.registry()
    first, second = FakeTab(), FakeTab(path='/profile')
    live = registry.open(alice.session, first)
    assert registry.open(alice.session, second) is live
    registry.leave(live, first)
    assert live.tabs == [second]
    registry.leave(live, second)
    assert list(registry) == []
    assert registry.open(alice.session, first) is live


async def test_what_the_provider_asked_for_binds_the_next_tab_too(alice: SignedIn, clock: FakeClock) -> None:
    registry, tab, frame = alice.registry(), FakeTab(), FailingFrame(ProviderFailed(retry_after=3000))
    live = registry.open(alice.session, tab)
    live.user_agents.add(frame)
    with pytest.raises(ProviderFailed):
        await live.renew()
    registry.leave(live, tab)
    await clock.advance(20)
    with pytest.raises(RenewalTooSoon):
        await registry.open(alice.session, tab).renew()
    assert frame.asked == 1


async def test_a_page_that_was_left_gets_no_token_after_a_logout(alice: SignedIn) -> None:
    registry, tab = alice.registry(), FakeTab()
    live = registry.open(alice.session, tab)
    registry.leave(live, tab)
    registry.end(alice.session.id)
    with pytest.raises(SessionEnded):
        await live.access_token()


async def test_a_logout_while_a_page_loads_is_seen_by_that_page(
    alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, active_at = alice.registry(), alice.store.active_at

    async def active_at_and_logout(session_id: str) -> float | None:
        found = await active_at(session_id)
        await alice.store.end(session_id, Ending(SessionEnded.code, START))
        registry.end(session_id)
        return found

    monkeypatch.setattr(alice.store, 'active_at', active_at_and_logout)
    present = await registry.present(alice.session, browser='browser', heir='heir')
    assert present is not None
    assert present.ended == Ending(SessionEnded.code, START)


async def test_an_end_that_the_store_could_not_be_told_is_told_by_the_next_page(
    alice: SignedIn, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise StoreFailed

    registry = alice.registry(limits=Limits(idle=600))
    live = registry.open(alice.session, FakeTab())
    with monkeypatch.context() as patch:
        patch.setattr(alice.store, 'end', fail)
        await clock.advance(601)
        await live.wake()
    assert live.phase == 'signed-out'
    present = await registry.present(alice.session, browser='browser', heir='heir')
    assert present is not None
    assert present.ended == Ending(SessionIdle.code, START + 601)


async def test_a_tab_that_comes_or_goes_is_told_to_the_others(alice: SignedIn) -> None:
    registry, told = alice.registry(), []
    live = registry.open(alice.session, FakeTab())
    live.tabs_changed.subscribe(lambda: told.append(len(live.tabs)))
    second = FakeTab(path='/profile')
    registry.open(alice.session, second)
    registry.leave(live, second)
    assert told == [2, 1]


async def test_what_happened_is_still_known_when_the_last_tab_was_closed(alice: SignedIn) -> None:
    registry, tab = alice.registry(), FakeTab()
    live = registry.open(alice.session, tab)
    live.user_agents.add(alice.frame)
    renewed = await live.renew()
    registry.leave(live, tab)
    again = registry.open(renewed, tab)
    assert [entry.kind for entry in again.history] == ['signed-in', 'renewed']


async def test_what_happened_goes_over_to_the_session_that_follows(alice: SignedIn) -> None:
    registry, tab, again = alice.registry(), FakeTab(), replace(alice.session, id='again')
    live = registry.open(alice.session, tab)
    registry.hand_over(alice.session.id, again, 'browser')
    registry.leave(live, tab)
    assert [entry.kind for entry in registry.open(again, tab).history] == ['signed-in', 'signed-in']
    assert [entry.kind for entry in registry.open(alice.session, tab).history] == ['signed-in']


async def test_not_every_session_that_ever_was_is_remembered(alice: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('app.renewal.registry.KEPT', 1)
    registry, tab = alice.registry(), FakeTab()
    first = registry.open(alice.session, tab).history
    for name in ('b', 'c'):
        registry.leave(registry.open(replace(alice.session, id=name), tab), tab)
    registry.leave(next(iter(registry)), tab)
    assert registry.open(alice.session, tab).history is not first


async def test_a_session_that_has_ended_leaves_no_history(alice: SignedIn) -> None:
    registry = alice.registry()
    live = registry.open(alice.session, FakeTab())
    registry.end(alice.session.id)
    assert [entry.kind for entry in live.history] == ['signed-in', 'ended']
    assert registry.open(alice.session, FakeTab()).history is not live.history


async def test_a_page_that_was_asked_for_before_a_logout_and_opens_after_it_gets_no_token(alice: SignedIn) -> None:
    registry = alice.registry()
    registry.end(alice.session.id, Failure(SessionIdle, SessionIdle.code, START))
    late = [await registry.without_tab(alice.session), registry.open(alice.session, FakeTab())]
    for live in late:
        assert live.phase == 'signed-out'
        with pytest.raises(SessionIdle):
            await live.access_token()


async def test_of_all_that_has_ended_only_the_latest_is_remembered(alice: SignedIn) -> None:
    registry = alice.registry()
    registry.end(alice.session.id)
    for number in range(KEPT):
        registry.end(f'session {number}')
    assert registry.open(alice.session, FakeTab()).phase == 'active'


async def test_a_newer_session_from_the_store_is_taken_over(alice: SignedIn) -> None:
    registry = alice.registry()
    live = registry.open(alice.session, FakeTab())
    newer = replace(alice.session, revision=5)
    registry.open(newer, FakeTab())
    assert live.session is newer
    registry.open(alice.session, FakeTab())
    assert live.session is newer


async def test_the_same_person_signing_in_again_keeps_the_tabs(alice: SignedIn) -> None:
    registry = alice.registry()
    live, again = registry.open(alice.session, FakeTab()), replace(alice.session, id='again')
    registry.hand_over(alice.session.id, again, 'browser')
    assert (live.session, live.phase) == (again, 'active')
    assert registry.open(again, FakeTab()) is live


async def test_somebody_else_signing_in_ends_the_tabs(alice: SignedIn) -> None:
    registry = alice.registry()
    live, bob = registry.open(alice.session, FakeTab()), replace(alice.session, id='bob', subject='demo|bob')
    registry.hand_over(alice.session.id, bob, 'browser')
    assert live.phase == 'signed-out'
    assert registry.open(bob, FakeTab()) is not live


async def test_ending_a_session_that_has_no_tab_does_nothing(alice: SignedIn) -> None:
    alice.registry().end('nobody')
