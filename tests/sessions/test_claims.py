"""How much is kept of what a provider says of a person."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest

from app.sessions.claims import MAX_CLAIMS, kept_claims
from app.sessions.session import Session
from tests.sessions.test_session import grant

PERSON = {'iss': 'https://op', 'sub': 'alice', 'sid': '1', 'name': 'Alice', 'email': 'a@example.com', 'picture': 'p'}
HALF, WHOLE = 'x' * (MAX_CLAIMS // 2), 'x' * MAX_CLAIMS


def test_what_fits_is_kept_whole(caplog: pytest.LogCaptureFixture) -> None:
    userinfo = {'sub': 'alice', 'address': {'country': 'NL'}}
    assert kept_claims(PERSON, userinfo) == {**userinfo, **PERSON}
    assert caplog.records == []


def test_of_what_does_not_fit_userinfo_goes_first(caplog: pytest.LogCaptureFixture) -> None:
    claims = {**PERSON, 'groups': HALF}
    with caplog.at_level(logging.WARNING):
        assert kept_claims(claims, {'more': HALF, 'nickname': 'al'}) == {**claims, 'nickname': 'al'}
    assert 'left out: more' in caplog.text
    assert HALF not in caplog.text


def test_then_the_largest_of_the_id_token_go(caplog: pytest.LogCaptureFixture) -> None:
    claims = {**PERSON, 'groups': WHOLE, 'roles': ['admin']}
    assert kept_claims(claims, {'nickname': 'al'}) == {**PERSON, 'roles': ['admin']}


def test_thousands_of_small_ones_leave_the_person_as_it_is() -> None:
    kept = kept_claims(PERSON | {f'claim-{number}': 'x' * 20 for number in range(10_000)})
    assert PERSON.items() <= kept.items()
    assert 0.9 * MAX_CLAIMS < len(json.dumps(kept)) <= MAX_CLAIMS


def test_a_name_that_is_as_large_as_all_goes_too_but_never_who_it_is() -> None:
    assert kept_claims({**PERSON, 'name': WHOLE}) == {name: PERSON[name] for name in PERSON if name != 'name'}
    assert kept_claims({'iss': 'https://op', 'sub': WHOLE}) == {'iss': 'https://op', 'sub': WHOLE}


def test_a_session_keeps_no_more_at_its_beginning_and_with_each_renewal() -> None:
    granted = grant()
    large = replace(granted, claims={**granted.claims, 'groups': HALF})
    session = Session.begin(large, {'more': HALF}, 'browser')
    assert {'groups'} <= session.claims.keys() <= {'iss', 'sub', 'groups'}
    renewed = session.renewed(replace(granted, claims={**granted.claims, 'others': HALF}), 'iframe')
    assert renewed.claims == {**granted.claims, 'others': HALF}
    larger = replace(granted, claims={**granted.claims, 'groups': WHOLE})
    assert Session.begin(larger, {}, 'browser').refresh_claims == granted.claims
    assert session.renewed(larger, 'iframe', refresh_claims=larger.claims).refresh_claims == granted.claims
