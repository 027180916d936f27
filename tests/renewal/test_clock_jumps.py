"""Noticing that time has jumped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.renewal.clock_jumps import ClockJumpDetector
from app.ui.timer import RenewalTimer
from tests.clock import START, FakeClock

HOUR = 3600.0
pytestmark = pytest.mark.usefixtures('nicegui_loop')


@pytest.fixture
async def jumps(clock: FakeClock) -> AsyncIterator[list[float]]:
    """The moments, by the wall clock, at which a jump was noticed."""
    moments: list[float] = []
    clock_jumps = ClockJumpDetector(clock)
    clock_jumps.jumped.subscribe(lambda: moments.append(clock.now()))
    watch = asyncio.create_task(clock_jumps.watch())
    await clock.advance(0)
    yield moments
    watch.cancel()


async def test_time_that_passes_is_no_jump(jumps: list[float], clock: FakeClock) -> None:
    await clock.advance(600)
    assert jumps == []


@pytest.mark.parametrize('seconds', [HOUR, -HOUR, 5.0, -5.0], ids=['sleep', 'set back', 'a short nap', 'a bit back'])
async def test_a_jump_is_noticed_once_and_within_5_seconds(
    jumps: list[float], clock: FakeClock, seconds: float
) -> None:
    await clock.advance(60)
    clock.set(clock.now() + seconds)
    woken = clock.now()
    await clock.advance(60)
    assert len(jumps) == 1
    assert jumps[0] - woken <= 5


async def test_a_clock_that_is_adjusted_slowly_is_no_jump(jumps: list[float], clock: FakeClock) -> None:
    for _ in range(100):
        await clock.advance(2)
        clock.set(clock.now() + 0.05)
    assert jumps == []


async def test_after_an_hour_of_sleep_a_timer_acts_within_5_seconds(clock: FakeClock) -> None:
    moments: list[float] = []

    async def act() -> None:
        moments.append(clock.now())

    clock_jumps, timer = ClockJumpDetector(clock), RenewalTimer(clock, act)
    clock_jumps.jumped.subscribe(timer.recheck)
    watch = asyncio.create_task(clock_jumps.watch())
    timer.set(START + 600)
    await clock.advance(10)
    clock.set(START + HOUR)
    await clock.advance(5)
    watch.cancel()
    assert len(moments) == 1
    assert moments[0] - (START + HOUR) <= 5
