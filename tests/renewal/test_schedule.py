"""When to renew: every case is a line in a table. Names in brackets are those of the cases in the SDKs."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from app.renewal.schedule import BURST, BURST_WINDOW, GRACE, LAST_RETRY, lead, next_attempt

NOW = 1_800_000_000.0
DAY = 86_400.0
MONTH = 30 * DAY


def attempt(remaining: float | None, lifetime: float | None = 3600.0, **changes: Any) -> float | None:
    """Seconds from now until the next attempt for a token that expires in `remaining` seconds."""
    expires_at = None if remaining is None else NOW + remaining
    known: dict[str, Any] = {'now': NOW, 'expires_at': expires_at, 'lifetime': lifetime, 'renewal_lead': 60.0}
    moment = next_attempt(**(known | changes))
    return None if moment is None else moment - NOW


def attempts(
    seconds: float,
    lifetime: float,
    fails: Callable[[int], bool],
    *,
    retry_after: float = 0.0,
    duration: float = 0.0,
    jitter: float = 1.0,
) -> list[float]:
    """The moments of all attempts in a stretch of time, in which each attempt fails or brings a new token."""
    now, expires_at, failures = 0.0, lifetime, 0
    made: list[float] = []
    while now <= seconds:
        moment = next_attempt(
            now=now,
            expires_at=expires_at,
            lifetime=lifetime,
            renewal_lead=60.0,
            failures=failures,
            recent=made[-BURST:],
            jitter=jitter,
            retry_after=retry_after if failures else 0.0,
        )
        if moment is None or moment > seconds:
            break
        assert moment >= now
        made.append(moment)
        now = moment + duration
        if fails(len(made)):
            failures += 1
        else:
            failures, expires_at = 0, now + lifetime
        assert len(made) < 10_000
    return made


def busiest(moments: list[float]) -> int:
    """The most attempts in any 30 seconds (the end not included: one of them may be the start of the next 30)."""
    return max(sum(start <= moment < start + BURST_WINDOW for moment in moments) for start in moments)


@pytest.mark.tutorial_bug(4)
@pytest.mark.parametrize(
    ('lifetime', 'renewal_lead', 'seconds'),
    [
        (7200, 60, 60),
        (MONTH, 60, 60),
        (241, 60, 60),
        (240, 60, 60),
        (120, 60, 30),
        (60, 60, 15),
        (4, 60, 1),
        (1, 60, 0.25),
        (120, 10, 10),
        (120, 0, 0),
        (120, float('inf'), 30),
    ],
)
def test_the_lead_is_what_was_set_but_a_quarter_of_the_lifetime_at_most(
    lifetime: float, renewal_lead: float, seconds: float
) -> None:
    assert lead(lifetime, renewal_lead) == seconds


@pytest.mark.parametrize(
    ('remaining', 'lifetime', 'seconds'),
    [
        pytest.param(7200, 7200, 7140, id='two hours'),
        pytest.param(120, 120, 90, id='two minutes'),
        pytest.param(1, 1, 0.75, id='a second'),
        pytest.param(MONTH, MONTH, MONTH - 60, id='a month'),
        pytest.param(365 * DAY, 365 * DAY, 365 * DAY - 60, id='a year'),
        pytest.param(61, 3600, 1, id='just before the lead'),
        pytest.param(60, 3600, 0, id='at the lead'),
        pytest.param(30, 3600, 0, id='[should immediately schedule expiring timer if expiration is soon]'),
        pytest.param(0, 3600, 0, id='at expiry'),
        pytest.param(-1, 3600, 0, id='expired, not as in [should not initialize expiring timer if already expired]'),
        pytest.param(-MONTH, 3600, 0, id='[should renew token if expired before service start]'),
    ],
)
@pytest.mark.tutorial_bug(4)
def test_the_first_attempt_is_a_lead_before_expiry_or_now(remaining: float, lifetime: float, seconds: float) -> None:
    assert attempt(remaining, lifetime) == seconds


@pytest.mark.tutorial_bug(10)
def test_a_month_long_token_is_renewed_once_a_month() -> None:
    assert attempts(6 * MONTH, MONTH, fails=lambda _: False) == pytest.approx(
        [number * (MONTH - 60) for number in range(1, 7)]
    )


@pytest.mark.parametrize(('remaining', 'lifetime'), [(None, None), (None, 3600.0), (3600, None)])
@pytest.mark.parametrize('failures', [0, 1])
def test_a_token_that_does_not_say_when_it_expires_is_not_renewed(
    remaining: float | None, lifetime: float | None, failures: int
) -> None:
    """[should not initialize timers if no expiration on access token]"""
    assert attempt(remaining, lifetime, failures=failures) is None


@pytest.mark.tutorial_bug(5)
def test_the_delay_grows_and_is_capped() -> None:
    delays = [attempt(3600, failures=failures) for failures in range(1, 9)]
    assert delays == [1, 2, 4, 8, 16, 30, 30, 30]


@pytest.mark.parametrize('failures', [50, 1000, 10**6])
def test_any_number_of_failures_can_be_computed_with(failures: int) -> None:
    assert attempt(3600, failures=failures) == LAST_RETRY


@pytest.mark.parametrize(
    ('remaining', 'seconds'),
    [
        pytest.param(3600, 30, id='far from expiry'),
        pytest.param(60, 30, id='half the time is the delay'),
        pytest.param(40, 20, id='closer'),
        pytest.param(10, 5, id='close'),
        pytest.param(6, 3, id='very close'),
        pytest.param(1, 3, id='not more eager than that'),
        pytest.param(0, 30, id='expired'),
        pytest.param(-60, 30, id='expired a while ago'),
    ],
)
def test_retries_come_sooner_as_expiry_nears(remaining: float, seconds: float) -> None:
    assert attempt(remaining, failures=10) == seconds


@pytest.mark.parametrize(('failures', 'seconds'), [(1, 1), (2, 2), (3, 3), (4, 3)])
def test_the_first_retries_are_quick_even_close_to_expiry(failures: int, seconds: float) -> None:
    assert attempt(2, failures=failures) == seconds


@pytest.mark.parametrize(('jitter', 'seconds'), [(0.5, 15.0), (0.75, 22.5), (1.0, 30.0)])
def test_jitter_spreads_the_retries(jitter: float, seconds: float) -> None:
    assert attempt(3600, failures=10, jitter=jitter) == seconds


def test_jitter_does_not_move_the_first_attempt() -> None:
    assert attempt(3600, jitter=0.5) == 3540


@pytest.mark.parametrize(
    ('failures', 'retry_after', 'seconds'),
    [
        pytest.param(1, 120.0, 120, id='longer than the delay'),
        pytest.param(10, 5.0, 30, id='shorter than the delay'),
        pytest.param(1, 0.0, 1, id='none'),
    ],
)
def test_what_the_provider_asked_for_is_honoured(failures: int, retry_after: float, seconds: float) -> None:
    assert attempt(3600, failures=failures, retry_after=retry_after) == seconds


def test_what_the_provider_asked_for_is_not_shortened_by_jitter() -> None:
    assert attempt(3600, failures=1, retry_after=120.0, jitter=0.5) == 120


@pytest.mark.parametrize(
    ('remaining', 'changes', 'seconds'),
    [
        pytest.param(-GRACE + 30, {}, 30, id='just within'),
        pytest.param(-GRACE + 29, {}, 29, id='one last time, at its end'),
        pytest.param(-GRACE, {}, None, id='just over'),
        pytest.param(-GRACE - DAY, {}, None, id='long over'),
        pytest.param(-60, {'grace': 60.0}, None, id='a shorter grace'),
        pytest.param(60, {'retry_after': 3000.0}, 3000, id='the provider wants to be left alone for longer'),
        pytest.param(60, {'retry_after': DAY}, 3600, id='for longer than an hour'),
    ],
)
def test_after_the_grace_time_there_is_no_retry(
    remaining: float, changes: dict[str, Any], seconds: float | None
) -> None:
    """[retry exhausted throws error]"""
    assert attempt(remaining, failures=10, **changes) == seconds


def test_after_the_grace_time_there_is_still_a_first_attempt() -> None:
    """A machine that slept over night renews when it wakes."""
    assert attempt(-GRACE - DAY, failures=0) == 0


@pytest.mark.tutorial_bug(5)
def test_a_provider_that_is_down_is_retried_until_the_grace_time_is_over() -> None:
    made = attempts(DAY, 3600, fails=lambda _: True)
    assert made[0] == 3540
    assert 3600 + GRACE - LAST_RETRY < made[-1] <= 3600 + GRACE
    assert max(later - earlier for earlier, later in itertools.pairwise(made)) <= LAST_RETRY
    assert len([moment for moment in made if moment < 3600]) >= 6


def test_a_provider_that_comes_back_is_noticed() -> None:
    made = attempts(3600 * 3, 3600, fails=lambda number: number <= 8)
    assert made[9] - made[8] == 3540


@pytest.mark.tutorial_bug(10)
@pytest.mark.parametrize('lifetime', [0.001, 0.5, 1, 2, 5, 30, 120])
@pytest.mark.parametrize(
    'fails',
    [
        pytest.param(lambda _: False, id='always renewed'),
        pytest.param(lambda _: True, id='always failing'),
        pytest.param(lambda number: number % 2 == 0, id='now and then'),
        pytest.param(lambda number: number > 5, id='failing from the sixth on'),
    ],
)
@pytest.mark.parametrize('duration', [0.0, 0.1])
@pytest.mark.parametrize('jitter', [0.5, 1.0])
def test_never_more_than_ten_attempts_in_thirty_seconds(
    lifetime: float, fails: Callable[[int], bool], duration: float, jitter: float
) -> None:
    """[should emit too many renew error when latest 10 expired events happen in 30 seconds, and should resume]"""
    made = attempts(600, lifetime, fails, duration=duration, jitter=jitter)
    assert made
    assert busiest(made) <= BURST


@pytest.mark.parametrize('lifetime', [1, 2])
def test_after_a_burst_it_goes_on(lifetime: float) -> None:
    made = attempts(600, lifetime, fails=lambda _: False)
    assert busiest(made) == BURST
    assert 600 - made[-1] <= BURST_WINDOW


def test_a_token_that_is_always_expired_is_no_endless_loop() -> None:
    recent: list[float] = []
    for _ in range(25):
        now = recent[-1] if recent else NOW
        moment = next_attempt(now=now, expires_at=0.0, lifetime=60.0, renewal_lead=60.0, recent=recent[-BURST:])
        assert moment is not None
        recent.append(moment)
    assert busiest(recent) == BURST
    assert recent[-1] - recent[0] == 2 * BURST_WINDOW


@pytest.mark.parametrize('failures', [0, 1])
def test_a_clock_that_was_set_back_does_not_stop_the_renewals(failures: int) -> None:
    """The latest attempts then lie in the future; they hold nothing up until the clock is there again."""
    recent = [NOW + DAY + number for number in range(BURST)]
    assert attempt(30, 120.0, failures=failures, recent=recent) == failures


def test_fewer_than_ten_attempts_hold_nothing_up() -> None:
    assert attempt(0, recent=[NOW] * (BURST - 1)) == 0
    assert attempt(0, recent=[NOW] * BURST) == BURST_WINDOW
