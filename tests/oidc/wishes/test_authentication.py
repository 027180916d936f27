"""What of a step-up came true, and for how long it counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.errors import AcrTooLow, AuthTimeTooOld
from app.oidc.authorization import AuthorizationRequest
from app.oidc.tokens import Grant, TokenResponse
from app.oidc.wishes.authentication import ARRIVES_WITHIN, Authentication, check_authentication

NOW, SKEW = 1_000_000.0, 60.0
REQUEST = AuthorizationRequest('https://op/authorize', 'state', 'nonce', 'verifier', 'https://app/callback', 'openid')


def grant(**claims: Any) -> Grant:
    return Grant(TokenResponse('at', None, None, 300, 'openid'), 'id', {'sub': 'alice', **claims}, NOW)


@pytest.mark.parametrize('acr', [None, '0', 'silver', 'GOLD', ['gold'], 'gold platinum', ''])
def test_an_acr_that_was_not_asked_for_is_refused_with_its_own_code(acr: object) -> None:
    with pytest.raises(AcrTooLow) as caught:
        check_authentication(replace(REQUEST, acr=('gold', 'platinum')), grant(acr=acr), SKEW)
    assert (caught.value.code, caught.value.status) == ('acr_too_low', 403)


@pytest.mark.parametrize('acr', ['gold', 'platinum'])
def test_each_acr_that_was_asked_for_is_taken(acr: str) -> None:
    assert check_authentication(replace(REQUEST, acr=('gold', 'platinum')), grant(acr=acr), SKEW).claims['acr'] == acr


@pytest.mark.parametrize('auth_time', [None, 'now', True, NOW - 300 - SKEW - 1, 0])
def test_an_auth_time_that_is_too_old_or_missing_is_refused_with_its_own_code(auth_time: object) -> None:
    with pytest.raises(AuthTimeTooOld) as caught:
        check_authentication(replace(REQUEST, max_age=300), grant(auth_time=auth_time), SKEW)
    assert caught.value.code == 'auth_time_too_old'


@pytest.mark.parametrize('auth_time', [NOW, NOW - 300 - SKEW, NOW + SKEW, NOW - 0.5])
def test_an_auth_time_is_held_against_the_clock_give_or_take_the_skew(auth_time: float) -> None:
    check_authentication(replace(REQUEST, max_age=300), grant(auth_time=auth_time), SKEW)


@pytest.mark.parametrize(('age', 'is_taken'), [(SKEW, True), (SKEW + 1, False)])
def test_with_zero_the_person_has_to_be_asked(age: float, is_taken: bool) -> None:
    """OpenID Connect Core §3.1.2.1: as `prompt=login`."""
    assert Authentication.of({'auth_time': NOW - age}, NOW, SKEW).is_recent(0, NOW) is is_taken


def test_who_wants_neither_gets_neither_checked() -> None:
    check_authentication(REQUEST, grant(acr='0', auth_time=0), SKEW)


@pytest.mark.parametrize('skew', [0.0, 60.0])
@pytest.mark.parametrize('behind', [0.0, 40.0, 59.0])
@pytest.mark.parametrize('max_age', [0, 10, 60, 300])
def test_what_was_taken_counts_when_the_page_is_open_whatever_the_clocks_say(
    skew: float, behind: float, max_age: int
) -> None:
    """Else the page would ask again at once, and never be seen."""
    claims = {'auth_time': NOW - min(behind, skew)}
    check_authentication(replace(REQUEST, max_age=max_age), grant(**claims), skew)
    for seconds in (0.0, 1.0, ARRIVES_WITHIN):
        assert Authentication.of(claims, NOW, skew).is_recent(max_age, NOW + seconds)


@pytest.mark.parametrize(('seconds', 'is_recent'), [(59.0, True), (60.0, True), (60.1, False), (3600.0, False)])
def test_from_the_sign_in_on_the_skew_lengthens_nothing(seconds: float, is_recent: bool) -> None:
    assert Authentication.of({'auth_time': NOW}, NOW, SKEW).is_recent(60, NOW + seconds) is is_recent


def test_an_older_sign_in_at_the_provider_is_as_old_as_it_is() -> None:
    found = Authentication.of({'auth_time': NOW - 200}, NOW, 0.0)
    assert found.is_recent(300, NOW + 100)
    assert not found.is_recent(300, NOW + 101)
    assert not found.is_recent(199, NOW)


def test_what_a_renewal_has_told_of_a_later_one_counts() -> None:
    found = Authentication.of({'auth_time': NOW + 500}, NOW, SKEW)
    assert found.is_recent(60, NOW + 550)
    assert not found.is_recent(60, NOW + 500 + SKEW + 61)


def test_an_access_token_is_held_against_its_own_auth_time() -> None:
    """RFC 9068 §2.2.1."""
    found = Authentication.of({'auth_time': NOW, 'acr': 'gold'}, None, SKEW)
    assert (found.has_acr(['gold']), found.has_acr(['silver']), found.has_acr([])) == (True, False, True)
    assert found.is_recent(60, NOW + 60 + SKEW)
    assert not found.is_recent(60, NOW + 61 + SKEW)
    assert not Authentication.of({}, None, SKEW).is_recent(60, NOW)
