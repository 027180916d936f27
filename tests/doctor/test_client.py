"""What the token endpoint says to a code that cannot be valid."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.doctor.client import judge_authentication, judge_client
from app.doctor.finding import Outcome
from app.oidc.probe import Reply


def reply(status: int, document: Any = None) -> Reply:
    return Reply('', status, (), json.dumps(document) if document is not None else '', 0, 0)


REFUSED = reply(401, {'error': 'invalid_client'})


@pytest.mark.parametrize(
    ('answer', 'outcome'),
    [
        (reply(400, {'error': 'invalid_grant'}), 'ok'),
        (reply(403, {'error': 'invalid_grant'}), 'ok'),
        (REFUSED, 'problem'),
        (reply(400, {'error': 'invalid_client'}), 'problem'),
        (reply(401), 'problem'),
        (reply(400, {'error': 'unauthorized_client'}), 'problem'),
        (reply(400, {'error': 'unsupported_grant_type'}), 'problem'),
        (reply(404), 'problem'),
        (reply(302), 'problem'),
        (reply(400), 'note'),
        (reply(403), 'note'),
        (reply(400, {'error': 'invalid_request'}), 'note'),
        (reply(400, {'error': 7}), 'note'),
        (reply(500), 'warning'),
        (reply(429), 'warning'),
        (reply(200, {'access_token': 'x'}), 'warning'),
    ],
)
def test_the_error_tells_whether_the_client_is_accepted(answer: Reply, outcome: Outcome) -> None:
    assert judge_client(answer, REFUSED, has_secret=True).outcome == outcome


def test_a_stranger_who_gets_the_same_answer_leaves_it_open() -> None:
    answer = reply(400, {'error': 'invalid_grant'})
    assert judge_client(answer, answer, has_secret=True).outcome == 'note'


@pytest.mark.parametrize(
    ('offered', 'has_secret', 'outcome'),
    [
        (None, True, 'ok'),
        (None, False, 'ok'),
        ({'client_secret_post'}, True, 'ok'),
        ({'private_key_jwt', 'tls_client_auth'}, True, 'problem'),
        ({'none'}, True, 'problem'),
        ({'none', 'client_secret_basic'}, False, 'ok'),
        ({'client_secret_basic'}, False, 'note'),
    ],
)
def test_the_way_to_authenticate_has_to_be_offered(
    offered: set[str] | None, has_secret: bool, outcome: Outcome
) -> None:
    assert judge_authentication(offered, has_secret=has_secret).outcome == outcome
