"""Idle and absolute limits."""

from __future__ import annotations

import pytest

from app.errors import SessionEnded, SessionIdle, SessionTooOld
from app.renewal.events import Touched
from app.renewal.limits import Limits
from app.sessions.session import Ending
from tests.clock import START, FakeClock
from tests.renewal.conftest import SignedIn, kind


@pytest.mark.parametrize(
    ('idle', 'maximum', 'end'),
    [
        pytest.param(0, 0, None, id='none'),
        pytest.param(600, 0, (START + 700, SessionIdle), id='idle'),
        pytest.param(0, 3600, (START + 3600, SessionTooOld), id='absolute'),
        pytest.param(600, 3600, (START + 700, SessionIdle), id='idle comes first'),
        pytest.param(600, 650, (START + 650, SessionTooOld), id='absolute comes first'),
    ],
)
def test_the_limit_that_comes_first_counts(
    idle: float, maximum: float, end: tuple[float, type[SessionEnded]] | None
) -> None:
    found = Limits(idle, maximum).end(START, START + 100)
    assert found == end


async def test_an_idle_session_is_warned_of_and_ends(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.make(alice.without_end(), limits=Limits(idle=300))
    assert live.wakes_at == START + 240
    await clock.advance(240)
    await live.wake()
    assert (live.phase, kind(live.warning)) == ('active', SessionIdle)
    assert live.wakes_at == START + 300
    await clock.advance(60)
    await live.wake()
    assert (live.phase, kind(live.error), live.next_attempt) == (
        'signed-out',
        SessionIdle,
        None,
    )
    over = await alice.store.load(alice.session.id)
    assert over is not None
    assert over.ended == Ending('session_idle', START + 300)
    assert live.wakes_at is None


async def test_doing_something_keeps_the_session_and_a_renewal_is_not_doing_something(
    alice: SignedIn, clock: FakeClock
) -> None:
    live = alice.make(alice.without_end(), limits=Limits(idle=300))
    await clock.advance(250)
    await live.wake()
    live.send(Touched())
    await live.settled()
    assert live.warning is None
    assert live.wakes_at == START + 250 + 240
    assert await alice.store.active_at(alice.session.id) == START + 250
    await clock.advance(100)
    live.user_agents.add(alice.frame)
    await live.renew()
    assert live.state.active_at == START + 250


async def test_nothing_that_is_done_keeps_a_session_beyond_its_maximum(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.make(alice.without_end(), limits=Limits(maximum=300))
    await clock.advance(299)
    live.send(Touched())
    await live.settled()
    await live.wake()
    assert live.warning is not None
    assert live.warning.is_a(SessionTooOld)
    await clock.advance(1)
    await live.wake()
    assert (live.phase, kind(live.error)) == ('signed-out', SessionTooOld)


async def test_without_limits_there_is_nothing_to_check(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.make(alice.without_end())
    await clock.advance(1_000_000)
    await live.wake()
    assert (live.phase, live.warning) == ('active', None)
