"""What renewal relies on."""

from __future__ import annotations

import pytest

from app.doctor.finding import Outcome
from app.doctor.renewing import judge_refresh_token, judge_site
from app.settings import RenewalMethod

BOTH: tuple[RenewalMethod, ...] = ('iframe', 'refresh_token')
FRAME: tuple[RenewalMethod, ...] = ('iframe',)
REFRESH: tuple[RenewalMethod, ...] = ('refresh_token',)


@pytest.mark.parametrize(
    ('is_same', 'ways', 'has_refresh', 'outcome'),
    [
        (True, BOTH, False, 'ok'),
        (False, BOTH, True, 'note'),
        (False, BOTH, False, 'problem'),
        (False, FRAME, False, 'problem'),
        (False, REFRESH, True, 'ok'),
        (False, REFRESH, False, 'ok'),
    ],
)
def test_another_site_is_a_problem_unless_something_else_renews(
    is_same: bool, ways: tuple[RenewalMethod, ...], has_refresh: bool, outcome: Outcome
) -> None:
    app, provider = 'https://app.example.com', 'https://login.example.net'
    finding = judge_site(app, provider, is_same=is_same, methods=ways, has_refresh=has_refresh)
    assert finding.outcome == outcome
    assert ('offline_access' in finding.advice) is (outcome == 'problem')


@pytest.mark.parametrize(
    ('ways', 'is_asked_for', 'lacks', 'outcome'),
    [
        (BOTH, False, [], 'ok'),
        (BOTH, True, [], 'ok'),
        (BOTH, True, ['scopes_supported has no offline_access'], 'warning'),
        (BOTH, False, ['scopes_supported has no offline_access'], 'ok'),
        (FRAME, True, [], 'note'),
        (FRAME, False, [], 'ok'),
        (REFRESH, True, [], 'ok'),
        (REFRESH, True, ['scopes_supported has no offline_access'], 'problem'),
        (REFRESH, False, [], 'warning'),
    ],
)
def test_a_refresh_token_is_weighed_against_the_ways_to_renew(
    ways: tuple[RenewalMethod, ...], is_asked_for: bool, lacks: list[str], outcome: Outcome
) -> None:
    assert judge_refresh_token(ways, is_asked_for=is_asked_for, lacks=lacks).outcome == outcome
