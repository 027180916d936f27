"""Idle and absolute limits."""

from __future__ import annotations

import pytest

from app.errors import SessionEnded, SessionIdle, SessionTooOld
from app.renewal.limits import Limits
from tests.clock import START, FakeClock
from tests.renewal.conftest import SignedIn


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
    assert (found and (found[0], type(found[1]))) == end


async def test_an_idle_session_is_warned_of_and_ends(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.live(limits=Limits(idle=300))
    assert live.limit_check_at == START + 240
    await clock.advance(240)
    await live.check_limits()
    assert (live.state, type(live.warning)) == ('active', SessionIdle)
    assert live.limit_check_at == START + 300
    await clock.advance(60)
    await live.check_limits()
    assert (live.state, type(live.error), live.next_attempt) == (
        'signed-out',
        SessionIdle,
        None,
    )
    assert await alice.store.load(alice.session.id) is None
    assert live.limit_check_at is None


async def test_doing_something_keeps_the_session_and_a_renewal_is_not_doing_something(
    alice: SignedIn, clock: FakeClock
) -> None:
    live = alice.live(limits=Limits(idle=300))
    await clock.advance(250)
    await live.check_limits()
    await live.touch()
    assert live.warning is None
    assert live.limit_check_at == START + 250 + 240
    assert await alice.store.active_at(alice.session.id) == START + 250
    await clock.advance(100)
    await live.renew()
    assert live.limit_check_at == START + 250 + 240


async def test_nothing_that_is_done_keeps_a_session_beyond_its_maximum(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.live(limits=Limits(maximum=300))
    await clock.advance(299)
    await live.renew()
    await live.touch()
    await live.check_limits()
    assert isinstance(live.warning, SessionTooOld)
    await clock.advance(1)
    await live.check_limits()
    assert (live.state, type(live.error)) == ('signed-out', SessionTooOld)


async def test_without_limits_there_is_nothing_to_check(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.live()
    await clock.advance(1_000_000)
    await live.check_limits()
    assert (live.state, live.limit_check_at) == ('active', None)
