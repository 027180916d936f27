"""Sessions that somebody asks about, or needs a token of, without a tab: that is nothing that the person does."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.errors import SessionIdle, TokenExpired
from app.renewal.limits import Limits
from app.sessions.session import Ending
from tests.clock import START, FakeClock, settle
from tests.provider import RecordingProvider
from tests.renewal.conftest import FakeTab, SignedIn, is_ended

IDLE = Limits(idle=600)


async def test_looking_at_a_session_does_not_keep_it(alice: SignedIn, clock: FakeClock) -> None:
    registry = alice.registry(limits=IDLE)
    await clock.advance(599)
    assert await registry.present(alice.session) == alice.session
    assert await alice.store.active_at(alice.session.id) == START
    await clock.advance(1)
    found = await registry.present(alice.session)
    assert found is not None
    assert found.ended == Ending(SessionIdle.code, START + 600)
    assert await is_ended(alice)


async def test_what_the_person_does_elsewhere_keeps_it(alice: SignedIn, clock: FakeClock) -> None:
    await alice.store.touch(alice.session.id, START + 500)
    await clock.advance(700)
    assert await alice.registry(limits=IDLE).present(alice.session) == alice.session


async def test_looking_ends_its_tabs_too(alice: SignedIn, clock: FakeClock) -> None:
    registry = alice.registry(limits=IDLE)
    live = registry.open(alice.session, FakeTab())
    await clock.advance(600)
    await registry.present(alice.session)
    assert live.phase == 'signed-out'


async def test_a_session_that_is_gone_is_nobodys(alice: SignedIn) -> None:
    assert await alice.registry().present(replace(alice.session, id='unknown')) is None


async def test_without_a_tab_there_is_the_same_live_session(alice: SignedIn) -> None:
    registry = alice.registry()
    live = await registry.without_tab(alice.session)
    assert await registry.without_tab(alice.session) is live
    assert registry.open(alice.session, FakeTab()) is live


async def test_a_token_without_a_tab_does_not_keep_the_session(alice: SignedIn, clock: FakeClock) -> None:
    registry = alice.registry(limits=IDLE)
    await clock.advance(100)
    live = await registry.without_tab(alice.without_end())
    await live.access_token()
    await live.settled()
    assert await alice.store.active_at(alice.session.id) == START
    await clock.advance(500)
    found = await registry.present(alice.session)
    assert found is not None
    assert found.ended is not None


async def test_a_token_that_only_a_page_can_renew_has_expired(alice: SignedIn, clock: FakeClock) -> None:
    live = await alice.registry().without_tab(alice.session)
    await clock.advance(121)
    with pytest.raises(TokenExpired):
        await live.access_token()


async def test_a_newer_session_from_the_store_is_taken_over(alice: SignedIn) -> None:
    registry = alice.registry()
    live = await registry.without_tab(alice.session)
    newer = replace(alice.session, revision=5)
    assert (await registry.without_tab(newer)).session is newer
    assert (await registry.without_tab(alice.session)).session is newer
    assert live.session is newer


async def test_a_renewal_that_is_under_way_is_not_dropped_for_it(alice: SignedIn, provider: RecordingProvider) -> None:
    registry, release = alice.registry(), provider.hang('/token')
    live = await registry.without_tab(alice.session)
    live.user_agents.add(alice.frame)
    renewal = asyncio.create_task(live.renew())
    await settle()
    assert (await registry.without_tab(replace(alice.session, revision=5))).phase == 'renewing'
    release.set()
    assert (await renewal).renewals == 1
