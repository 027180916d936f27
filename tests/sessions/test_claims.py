"""How much is kept of what a provider says of a person."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from app.oidc.id_token import Claims
from app.sessions.claims import MAX_CLAIMS, kept_claims
from app.sessions.session import Ending, Session
from tests.clock import START
from tests.sessions.test_session import grant

PERSON = {'iss': 'https://op', 'sub': 'alice', 'sid': '1', 'name': 'Alice', 'email': 'a@example.com', 'picture': 'p'}
HALF, WHOLE = 'x' * (MAX_CLAIMS // 2), 'x' * MAX_CLAIMS


def test_what_fits_is_kept_whole_and_apart(caplog: pytest.LogCaptureFixture) -> None:
    userinfo = {'sub': 'alice', 'address': {'country': 'NL'}}
    assert kept_claims(PERSON, userinfo) == (PERSON, userinfo)
    assert kept_claims(PERSON) == (PERSON, None)
    assert caplog.records == []


def test_of_what_does_not_fit_userinfo_goes_first(caplog: pytest.LogCaptureFixture) -> None:
    claims = {**PERSON, 'groups': HALF}
    with caplog.at_level(logging.WARNING):
        assert kept_claims(claims, {'more': HALF, 'nickname': 'al'}) == (claims, {'nickname': 'al'})
    assert 'left out: more' in caplog.text
    assert HALF not in caplog.text


def test_then_the_largest_of_the_id_token_go(caplog: pytest.LogCaptureFixture) -> None:
    claims = {**PERSON, 'groups': WHOLE, 'roles': ['admin']}
    assert kept_claims(claims, {'nickname': 'al'})[0] == {**PERSON, 'roles': ['admin']}


def test_what_userinfo_only_says_again_goes_before_what_it_alone_says() -> None:
    claims = {**PERSON, 'groups': 'x' * (MAX_CLAIMS - 250)}
    assert kept_claims(claims, {'name': 'x' * 200, 'zoneinfo': 'CET'}) == (claims, {'zoneinfo': 'CET'})


def test_thousands_of_small_ones_leave_the_person_as_it_is() -> None:
    kept, _ = kept_claims(PERSON | {f'claim-{number}': 'x' * 20 for number in range(10_000)})
    assert PERSON.items() <= kept.items()
    assert 0.9 * MAX_CLAIMS < len(json.dumps(kept)) <= MAX_CLAIMS


def test_a_name_that_is_as_large_as_all_goes_too_but_never_who_it_is() -> None:
    assert kept_claims({**PERSON, 'name': WHOLE})[0] == {name: PERSON[name] for name in PERSON if name != 'name'}
    assert kept_claims({'iss': 'https://op', 'sub': WHOLE})[0] == {'iss': 'https://op', 'sub': WHOLE}


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


SIGN_IN = {'sid': '1', 'auth_time': 5, 'acr': 'gold', 'amr': ['pwd'], 'login_hint': 'O.abc'}


def alice(userinfo: Claims | None, **claims: Any) -> Session:
    return Session.begin(grant(**claims), userinfo, 'browser')


def said(session: Session) -> Claims:
    """What is known of her, but for who she is."""
    return {name: value for name, value in session.claims.items() if name not in {'iss', 'sub'}}


def test_the_claims_of_a_renewal_are_the_new_ones_and_what_is_in_neither_is_gone() -> None:
    session = alice({'sub': 'alice', 'groups': ['staff']}, roles=['admin'], name='Alice Adams')
    renewed = session.renewed(grant(name='Alice Baker'), 'iframe')
    assert said(renewed) == {'name': 'Alice Baker', 'groups': ['staff']}
    assert said(renewed.informed({'sub': 'alice'})) == {'name': 'Alice Baker'}
    assert said(session)['roles'] == ['admin']


def test_userinfo_fills_what_the_id_token_has_no_more() -> None:
    session = alice({'sub': 'alice', 'name': 'Alice of userinfo'}, name='Alice Adams')
    assert not session.needs_userinfo
    renewed = session.renewed(grant(), 'refresh_token')
    assert said(renewed) == {'name': 'Alice of userinfo'}
    assert renewed.needs_userinfo


def test_a_refresh_without_an_id_token_leaves_its_claims() -> None:
    """RFC 6749 §5.1 has none."""
    session = alice({'sub': 'alice', 'groups': ['staff']}, roles=['admin'])
    renewed = session.renewed(replace(grant(), claims={}), 'refresh_token')
    assert said(renewed.informed({'sub': 'alice'})) == {'roles': ['admin']}


def test_a_refresh_leaves_what_was_said_of_the_sign_in_and_another_sign_in_only_that_the_person_was_asked() -> None:
    """OpenID Connect Core §12.2: it is the same one, so that what its ID token does not repeat still holds."""
    session = alice({}, **SIGN_IN, roles=['admin'])
    assert said(session.renewed(grant(), 'refresh_token')) == SIGN_IN
    assert said(session.renewed(grant(acr='silver'), 'refresh_token')) == {**SIGN_IN, 'acr': 'silver'}
    kept = {name: SIGN_IN[name] for name in ('auth_time', 'acr')}
    assert said(session.renewed(grant(), 'iframe')) == kept
    assert said(session.renewed(grant(acr='silver', auth_time=9), 'iframe')) == {'acr': 'silver', 'auth_time': 9}


@pytest.mark.parametrize(
    ('userinfo', 'is_needed'),
    [
        pytest.param(None, True, id='it could not be had'),
        pytest.param({}, False, id='there is none'),
        pytest.param({'sub': 'alice', 'name': 'Another Alice'}, False, id='it says nothing that the ID token does not'),
        pytest.param({'sub': 'alice', 'groups': ['staff']}, True, id='it says more'),
    ],
)
def test_userinfo_is_asked_again_only_if_something_rests_on_it(userinfo: Claims | None, is_needed: bool) -> None:
    session = alice(userinfo, name='Alice')
    assert session.needs_userinfo == is_needed
    assert session.renewed(grant(name='Alice'), 'iframe').needs_userinfo == is_needed
    assert not session.over(Ending('session_ended', START)).needs_userinfo


def test_what_userinfo_says_at_a_renewal_is_kept_no_further_than_at_the_sign_in() -> None:
    session = alice({}, groups=HALF).informed({'more': HALF})
    assert session.claims.keys() == {'iss', 'sub', 'groups'}
    assert session.userinfo == {}
