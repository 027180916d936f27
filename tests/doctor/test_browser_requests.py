"""Whether a redirect URI is registered, by how it is answered and how others are."""

from __future__ import annotations

import pytest

from app.doctor.answer import Answer
from app.doctor.browser_requests import judge_redirect_uri
from app.doctor.finding import Outcome

URI = 'https://app.example.com/silent'
BACK, LOGIN = Answer('back'), Answer('page', words='Log in')
NAMED = Answer('refused', words='The redirect_uri is not registered')
OOPS, NO_CLIENT = Answer('refused', words='Oops'), Answer('refused', in_query={'error': 'invalid_client'})
NO_CLIENT_PAGE = Answer('page', words='Client not found')
FAILED, AWAY = Answer('failed'), Answer('elsewhere', at='https://sso.example.net/')


@pytest.mark.parametrize(
    ('answer', 'control', 'stranger', 'sibling_is_known', 'client_is_accepted', 'outcome'),
    [
        (BACK, None, None, False, None, 'ok'),
        (NAMED, NAMED, NO_CLIENT, False, None, 'problem'),
        (NAMED, NAMED, NAMED, False, False, 'problem'),  # it says so itself
        (OOPS, OOPS, NO_CLIENT, False, None, 'problem'),  # as for one that cannot be registered
        (OOPS, OOPS, OOPS, False, True, 'problem'),  # it cannot be the client
        (OOPS, OOPS, OOPS, False, None, 'note'),
        (NO_CLIENT, NO_CLIENT, NO_CLIENT, False, False, 'skipped'),
        (NO_CLIENT_PAGE, NO_CLIENT_PAGE, NO_CLIENT_PAGE, False, False, 'skipped'),
        (NO_CLIENT_PAGE, NO_CLIENT_PAGE, NO_CLIENT_PAGE, False, True, 'problem'),  # it is known, so it is the address
        (NO_CLIENT_PAGE, LOGIN, OOPS, False, None, 'note'),  # no client is known by such words
        (OOPS, NAMED, NO_CLIENT, False, True, 'problem'),  # for another reason
        (LOGIN, NAMED, None, False, None, 'note'),
        (AWAY, NAMED, None, False, None, 'note'),
        (LOGIN, LOGIN, None, False, None, 'note'),
        (LOGIN, LOGIN, None, True, None, 'problem'),  # the other address is answered properly
        (FAILED, FAILED, None, False, None, 'warning'),
        (Answer('unreachable'), FAILED, None, False, None, 'problem'),
    ],
)
def test_the_answer_is_compared_with_others(
    answer: Answer,
    control: Answer | None,
    stranger: Answer | None,
    sibling_is_known: bool,
    client_is_accepted: bool | None,
    outcome: Outcome,
) -> None:
    finding = judge_redirect_uri(
        URI, answer, control, stranger, sibling_is_known=sibling_is_known, client_is_accepted=client_is_accepted
    )
    assert finding.outcome == outcome
    if outcome == 'problem' and answer.kind != 'unreachable':
        assert URI in finding.what


def test_an_address_that_is_refused_as_an_unregistered_one_is_called_unregistered() -> None:
    assert 'is not registered' in judge_redirect_uri(URI, OOPS, OOPS, NO_CLIENT).what
    assert 'is not registered' not in judge_redirect_uri(URI, OOPS, NAMED, NO_CLIENT).what
