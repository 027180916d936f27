"""What the token endpoint says to a code that cannot be valid."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.doctor.client import Attempts, Standing, judge_authentication, judge_client
from app.doctor.finding import Outcome
from app.oidc.probe import Reply


def reply(status: int, document: Any = None) -> Reply:
    return Reply('', status, (), json.dumps(document) if document is not None else '', 0, 0)


REFUSED = reply(401, {'error': 'invalid_client'})
GRANT = reply(400, {'error': 'invalid_grant'})
MAY_NOT = reply(400, {'error': 'unauthorized_client'})
KNOWN = Standing(id_is_known=True, callback_is_known=True)
NO_URI = Standing(id_is_known=True, callback_is_known=False)
UNCLEAR = Standing()


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
    assert judge_client(Attempts(answer, REFUSED, answer, REFUSED), KNOWN, has_secret=True).outcome == outcome


def test_a_stranger_who_gets_the_same_answer_leaves_it_open() -> None:
    finding = judge_client(Attempts(GRANT, GRANT, GRANT, GRANT), UNCLEAR, has_secret=True)
    assert (finding.outcome, finding.certainty) == ('note', 'not tried')


@pytest.mark.parametrize('code', [REFUSED, MAY_NOT, reply(401, {'error': 'unauthorized_client'})])
@pytest.mark.parametrize(('standing', 'outcome'), [(NO_URI, 'skipped'), (UNCLEAR, 'warning')])
def test_a_code_that_is_refused_for_the_redirect_uri_blames_neither_secret_nor_rights(
    code: Reply, standing: Standing, outcome: Outcome
) -> None:
    """Some providers answer alike to all; a refresh token, which has no redirect URI, shows the client to be known."""
    finding = judge_client(Attempts(code, REFUSED, GRANT, REFUSED), standing, has_secret=True)
    assert (finding.outcome, finding.certainty != 'seen') == (outcome, True)
    assert 'redirect URI' in finding.what


@pytest.mark.parametrize(('standing', 'outcome'), [(NO_URI, 'skipped'), (UNCLEAR, 'warning')])
def test_a_client_that_may_do_nothing_is_not_blamed_before_its_address_is_registered(
    standing: Standing, outcome: Outcome
) -> None:
    assert judge_client(Attempts(MAY_NOT, MAY_NOT, MAY_NOT, MAY_NOT), standing, has_secret=True).outcome == outcome


def test_a_secret_that_is_refused_without_a_redirect_uri_too_is_wrong() -> None:
    finding = judge_client(Attempts(REFUSED, REFUSED, REFUSED, REFUSED), NO_URI, has_secret=True)
    assert finding.outcome == 'problem'
    assert 'so OIDC_CLIENT_SECRET is wrong' in finding.what


@pytest.mark.parametrize('code', [GRANT, REFUSED, MAY_NOT])
def test_a_client_that_only_the_authorization_endpoint_does_not_know_is_a_problem(code: Reply) -> None:
    standing = Standing(id_is_unknown=True, said='No such client')
    finding = judge_client(Attempts(code, code, code, code), standing, has_secret=True)
    assert finding.outcome == 'problem'
    assert 'does not know the client ID: “No such client”' in finding.what


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
