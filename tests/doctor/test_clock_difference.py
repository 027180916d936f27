"""How far two clocks are apart, as far as a Date header tells."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from app.doctor.clock_difference import clock_difference, judge_difference
from app.doctor.finding import Outcome
from app.oidc.probe import Reply
from tests.clock import START


def reply(date: float | str, *, sent: float = 0.0, took: float = 0.0, **headers: str) -> Reply:
    """`date`: what the provider's clock is ahead of the test's, in seconds; `sent` and `took` by the test's."""
    text = date if isinstance(date, str) else formatdate(START + date, usegmt=True)
    return Reply('', 200, (('date', text), *headers.items()), '', START + sent, START + sent + took)


@pytest.mark.parametrize(
    ('replies', 'seconds'),
    [
        ([reply(0)], 0),
        ([reply(0, sent=0.9)], 0),  # it has whole seconds only
        ([reply(30)], 30),
        ([reply(30, took=4)], 26),  # it may have been set when the answer was received
        ([reply(-30)], -29),
        ([reply(-30, took=4)], -29),
        ([reply(2, took=4)], 0),
        ([reply(-300), reply(0)], 0),  # the first came from a cache
        ([reply(-300, age='300')], 0),
        ([reply(90), reply(91)], 90),
        ([reply('nonsense')], None),
        ([reply('nonsense'), reply(0)], 0),
        ([reply(0, age='x')], None),
        ([], None),
    ],
)
def test_the_difference_is_what_is_certain(replies: list[Reply], seconds: float | None) -> None:
    assert clock_difference(replies) == seconds


@pytest.mark.parametrize(
    ('seconds', 'outcome', 'says'),
    [
        (None, 'note', 'does not say'),
        (0, 'ok', 'agree'),
        (-4.9, 'ok', 'agree'),
        (5, 'warning', '5 seconds ahead of'),
        (-60, 'warning', '60 seconds behind'),
        (60.1, 'problem', 'ID tokens will be refused'),
        (-61, 'problem', '61 seconds behind'),
    ],
)
def test_a_difference_beyond_what_is_allowed_for_is_a_problem(
    seconds: float | None, outcome: Outcome, says: str
) -> None:
    finding = judge_difference(seconds, skew=60)
    assert finding.outcome == outcome
    assert says in finding.what


def test_a_small_difference_is_a_problem_where_nothing_is_allowed_for() -> None:
    assert judge_difference(2, skew=1).outcome == 'problem'
