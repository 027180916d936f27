"""When to renew. Pure: everything about the moment of a renewal is decided here, and nothing else is.

failures so far | the next attempt
----------------+---------------------------------------------------------------------------
0               | a lead before expiry; at once if that moment has passed
n               | after 1, 2, 4, ... 30 s (with jitter), sooner as expiry nears, but after 3 s at least from
                | the third on; never, once the grace time after expiry is over
n, Retry-After  | no sooner than the provider asked for, an hour at most, even if the grace time is over then
any             | never more than 10 in 30 s, whatever the provider or the clock say
(no expiry)     | never: the provider did not say when the token expires
"""

from __future__ import annotations

from collections.abc import Sequence

MAX_LEAD_SHARE = 1 / 4  # of the lifetime
GRACE = 900.0  # seconds after expiry in which a failed renewal is still retried
FIRST_RETRY, LAST_RETRY, EAGER_RETRY = 1.0, 30.0, 3.0  # seconds
BURST, BURST_WINDOW = 10, 30.0  # attempts, seconds
LONGEST_PAUSE = 3600.0  # seconds that a provider may ask for; more would be a slip of its pen, and lose the session


def lead(lifetime: float, renewal_lead: float) -> float:
    """How many seconds before expiry to renew: `renewal_lead`, but a quarter of the lifetime at most."""
    return min(renewal_lead, lifetime * MAX_LEAD_SHARE)


def next_attempt(
    *,
    now: float,
    expires_at: float | None,
    lifetime: float | None,
    renewal_lead: float,
    failures: int = 0,
    failing_since: float | None = None,
    recent: Sequence[float] = (),
    jitter: float = 1.0,
    retry_after: float = 0.0,
    grace: float = GRACE,
) -> float | None:
    """The moment of the next attempt, or None for never. Moments in seconds since the epoch, the rest in seconds.

    The grace time counts from expiry, or from the first of the failures if that came later (`failing_since`), as after
    a night's sleep. `recent` are the moments of the latest attempts, oldest first. `jitter` in 0.5..1 spreads the
    retries of many sessions. `retry_after` is what the provider asked for.
    """
    if expires_at is None or lifetime is None:
        return None
    if failures == 0:
        moment = expires_at - lead(lifetime, renewal_lead)
    else:
        end = max(expires_at, failing_since or 0.0) + grace
        if now >= end:
            return None
        moment = min(now + _retry_delay(failures, expires_at - now) * jitter, end)
        moment = max(moment, now + min(retry_after, LONGEST_PAUSE))
    return max(moment, now, after_burst(recent, now))


def backoff(failures: int) -> float:
    """Seconds after so many failures in a row: 1, 2, 4, ... 30."""
    return min(LAST_RETRY, FIRST_RETRY * float(2 ** min(failures - 1, 10)))


def _retry_delay(failures: int, remaining: float) -> float:
    delay = backoff(failures)
    return min(delay, max(EAGER_RETRY, remaining / 2)) if remaining > 0 else delay


def is_burst(recent: Sequence[float], now: float) -> bool:
    """Whether one more attempt now would be too many."""
    return after_burst(recent, now) > now


def after_burst(recent: Sequence[float], now: float) -> float:
    """The earliest moment at which one more attempt keeps the limit; a clock that was set back does not count."""
    recent = [moment for moment in recent if moment <= now]
    return recent[-BURST] + BURST_WINDOW if len(recent) >= BURST else 0.0
