"""The timer of one client. Names in brackets are those of the cases in the SDKs that they come from."""

from __future__ import annotations

import pytest

from app.ui.timer import RenewalTimer
from tests.clock import START, FakeClock

pytestmark = pytest.mark.usefixtures('nicegui_loop')


class Calls:
    """Counts when it was called."""

    def __init__(self, clock: FakeClock) -> None:
        self.moments: list[float] = []
        self._clock = clock

    async def __call__(self) -> None:
        self.moments.append(self._clock.now())


@pytest.fixture
def calls(clock: FakeClock) -> Calls:
    return Calls(clock)


@pytest.fixture
def timer(clock: FakeClock, calls: Calls) -> RenewalTimer:
    return RenewalTimer(clock, calls)


async def test_it_fires_at_its_moment_and_once(timer: RenewalTimer, calls: Calls, clock: FakeClock) -> None:
    timer.set(START + 60)
    await clock.advance(59)
    assert calls.moments == []
    await clock.advance(1)
    assert calls.moments == [START + 60]
    await clock.advance(600)
    assert calls.moments == [START + 60]


@pytest.mark.tutorial_bug(2)
async def test_setting_another_moment_cancels_the_previous_one(
    timer: RenewalTimer, calls: Calls, clock: FakeClock
) -> None:
    """[should cancel previous timer if new time is not the same]"""
    for seconds in (10, 20, 30):
        timer.set(START + seconds)
    await clock.advance(600)
    assert calls.moments == [START + 30]


async def test_setting_the_same_moment_changes_nothing(timer: RenewalTimer, calls: Calls, clock: FakeClock) -> None:
    """[should not cancel previous timer if new time is same]"""
    timer.set(START + 10)
    await clock.advance(5)
    timer.set(START + 10)
    await clock.advance(5)
    assert calls.moments == [START + 10]


async def test_a_moment_that_has_passed_fires_at_once(timer: RenewalTimer, calls: Calls, clock: FakeClock) -> None:
    timer.set(START - 3600)
    await clock.advance(0)
    assert calls.moments == [START]


async def test_a_cancelled_timer_never_fires(timer: RenewalTimer, calls: Calls, clock: FakeClock) -> None:
    """[should cancel timer]"""
    timer.set(START + 10)
    timer.cancel()
    await clock.advance(600)
    assert calls.moments == []


@pytest.mark.tutorial_bug(10)
async def test_a_month_does_not_overflow(timer: RenewalTimer, calls: Calls, clock: FakeClock) -> None:
    month = 30 * 86_400.0
    timer.set(START + month)
    await clock.advance(60)
    assert calls.moments == []
    clock.set(START + month - 10)
    timer.recheck()
    await clock.advance(9)
    assert calls.moments == []
    await clock.advance(1)
    assert calls.moments == [START + month]


async def test_a_timer_that_is_late_fires_when_it_looks_at_the_clock_again(
    timer: RenewalTimer, calls: Calls, clock: FakeClock
) -> None:
    """[should fire if timer late], as after the machine has slept"""
    timer.set(START + 1000)
    await clock.advance(1)
    clock.set(START + 3600)
    timer.recheck()
    await clock.advance(0)
    assert calls.moments == [START + 3600]


async def test_a_clock_that_was_set_back_does_not_make_it_early(
    timer: RenewalTimer, calls: Calls, clock: FakeClock
) -> None:
    timer.set(START + 1000)
    clock.set(START - 3600)
    timer.recheck()
    await clock.advance(4599)
    assert calls.moments == []
    await clock.advance(1)
    assert calls.moments == [START + 1000]


async def test_a_timer_that_is_set_by_its_own_action_goes_on(calls: Calls, clock: FakeClock) -> None:
    async def act() -> None:
        await calls()
        if len(calls.moments) < 3:
            repeating.set(clock.now() + 6)

    repeating = RenewalTimer(clock, act)
    repeating.set(START + 6)
    await clock.advance(60)
    assert calls.moments == [START + 6, START + 12, START + 18]
