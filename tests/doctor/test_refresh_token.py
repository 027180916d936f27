"""Whether there will be a refresh token: what was tried counts, and what a document leaves out does not."""

from __future__ import annotations

import json

import pytest

from app.doctor.finding import Certainty, Outcome
from app.doctor.refresh_token import judge_made_up_refresh_token, judge_refresh_token, not_listed
from app.oidc.probe import Reply
from app.settings import RenewalMethod

BOTH: tuple[RenewalMethod, ...] = ('iframe', 'refresh_token')
FRAME: tuple[RenewalMethod, ...] = ('iframe',)
REFRESH: tuple[RenewalMethod, ...] = ('refresh_token',)
LACKS = ['scopes_supported has no offline_access']


def reply(error: str, description: str = '', status: int = 400) -> Reply:
    text = json.dumps({'error': error, 'error_description': description})
    return Reply('', status, (), text, 0, 0)


@pytest.mark.parametrize(
    ('ways', 'is_asked_for', 'is_allowed', 'lacks', 'outcome', 'certainty'),
    [
        (BOTH, False, None, [], 'ok', 'seen'),
        (BOTH, False, None, LACKS, 'ok', 'seen'),
        (BOTH, True, True, [], 'ok', 'seen'),
        (BOTH, True, True, LACKS, 'note', 'likely'),
        (BOTH, True, None, [], 'note', 'not tried'),
        (BOTH, True, None, LACKS, 'note', 'not tried'),
        (BOTH, True, False, [], 'warning', 'seen'),
        (FRAME, True, False, [], 'note', 'seen'),
        (FRAME, False, None, [], 'ok', 'seen'),
        (REFRESH, True, True, [], 'ok', 'seen'),
        (REFRESH, True, True, LACKS, 'note', 'likely'),
        (REFRESH, True, None, LACKS, 'note', 'not tried'),
        (REFRESH, True, False, [], 'problem', 'seen'),
        (REFRESH, False, None, [], 'warning', 'likely'),
    ],
)
def test_a_refresh_token_is_weighed_against_the_ways_to_renew(
    ways: tuple[RenewalMethod, ...],
    is_asked_for: bool,
    is_allowed: bool | None,
    lacks: list[str],
    outcome: Outcome,
    certainty: Certainty,
) -> None:
    finding = judge_refresh_token(ways, is_asked_for=is_asked_for, is_allowed=is_allowed, lacks=lacks)
    assert (finding.outcome, finding.certainty) == (outcome, certainty)


GRANT, STRANGER = reply('invalid_grant'), reply('invalid_client', status=401)


@pytest.mark.parametrize(
    ('refresh', 'stranger', 'is_allowed'),
    [
        (GRANT, STRANGER, True),
        (GRANT, GRANT, None),  # nobody is told apart
        (GRANT, reply('slow_down', status=429), None),
        (reply('unauthorized_client'), reply('unauthorized_client'), None),
        (reply('unauthorized_client'), STRANGER, False),
        (reply('unsupported_grant_type'), STRANGER, False),
        (reply('invalid_request', 'requested grant type is not allowed for this client'), STRANGER, False),
        (reply('invalid_request', 'refresh_token is malformed'), STRANGER, None),
        (reply('invalid_client'), STRANGER, None),
        (reply('server_error', status=500), STRANGER, None),
    ],
)
def test_a_made_up_refresh_token_tells_whether_the_client_may_use_one(
    refresh: Reply, stranger: Reply, is_allowed: bool | None
) -> None:
    assert judge_made_up_refresh_token(refresh, stranger) is is_allowed


def test_where_a_parameter_asks_for_the_refresh_token_the_scope_need_not_be_listed() -> None:
    document = {'scopes_supported': ['openid'], 'grant_types_supported': ['authorization_code', 'refresh_token']}
    assert not_listed(document, 'https://accounts.google.com') == []
    assert not_listed(document, 'https://op.example') == ['scopes_supported has no offline_access']
