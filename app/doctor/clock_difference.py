"""How far the provider's clock is from ours, by the Date of its answers (RFC 9110 §6.6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import parsedate_to_datetime

from ..oidc.probe import Reply
from .examination import Examination
from .finding import CannotTell, Finding, note, ok, problem, warning

NOTICEABLE = 5.0  # seconds


async def check_clock(examination: Examination) -> Finding:
    """Whether both clocks go alike; CLOCK_SKEW is what the app puts up with."""
    if not examination.probe.replies:
        raise CannotTell('The provider has not answered.')
    if examination.settings.is_demo:
        return ok('The demo provider goes by this machine’s clock.')
    return judge_difference(clock_difference(examination.probe.replies), examination.settings.clock_skew)


def clock_difference(replies: Iterable[Reply]) -> float | None:
    """By how many seconds the provider's clock is certainly ahead of ours (negative: behind); None if nobody says.

    It is the smallest of all replies: one that a cache kept for a while only seems to come from the past.
    """
    differences = [found for reply in replies if (found := _difference(reply)) is not None]
    return min(differences, key=abs, default=None)


def judge_difference(seconds: float | None, skew: float) -> Finding:
    """A token from a clock that is too far away is refused, since it seems to be from the future, or expired."""
    if seconds is None:
        return note('The provider does not say what time it is.')
    text = (
        f'The provider’s clock is {abs(seconds):.0f} seconds {"ahead of" if seconds > 0 else "behind"} this machine’s'
    )
    advice = 'Have the clocks set by NTP (timedatectl set-ntp true); this machine’s is the likelier one to be wrong.'
    if abs(seconds) > skew:
        return problem(f'{text}, and CLOCK_SKEW allows for {skew:.0f}: ID tokens will be refused.', advice)
    if abs(seconds) >= NOTICEABLE:
        return warning(f'{text}; CLOCK_SKEW allows for {skew:.0f}.', advice)
    return ok('The provider’s clock and this machine’s agree.')


def _difference(reply: Reply) -> float | None:
    """The Date is cut to whole seconds, and was set at some moment between sending and receiving."""
    dates, ages = reply.values('date'), reply.values('age')
    try:
        age = int(ages[0]) if ages else 0
        date = parsedate_to_datetime(dates[0]).timestamp() + age if dates else None
    except (ValueError, OverflowError):
        return None
    if date is None:
        return None
    if date > reply.received_at:
        return date - reply.received_at
    return min(0.0, date + 1 - reply.sent_at)
