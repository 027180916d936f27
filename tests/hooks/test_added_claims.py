"""What an `on_login` hook may return."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from app.hooks.added_claims import NOBODY_ADDS, added_claims
from app.sessions.claims import MAX_APP_CLAIMS

CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)
DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]


def test_claims_are_kept_as_json_has_them() -> None:
    assert added_claims(None, {}) == {}
    assert added_claims(MappingProxyType({'roles': ('a', 'b'), 'n': 1.5, 'more': {'x': None}}), {}) == {
        'roles': ['a', 'b'],
        'n': 1.5,
        'more': {'x': None},
    }


def test_what_the_hook_does_with_them_later_changes_nothing() -> None:
    roles = ['viewer']
    added = added_claims({'roles': roles}, {})
    roles.append('admin')
    assert added == {'roles': ['viewer']}


@pytest.mark.parametrize('returned', [True, 'admin', ['roles'], [('roles', 'admin')], {1: 'admin'}, 0])
def test_what_is_no_mapping_of_names_is_refused(returned: object) -> None:
    with pytest.raises(ValueError, match='a mapping of claims by name, or None, and not'):
        added_claims(returned, {})


@pytest.mark.parametrize('name', sorted(NOBODY_ADDS))
def test_what_the_protocol_rests_on_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f'it may not set {name}: only the provider says that'):
        added_claims({'roles': ['admin'], name: 'mallory'}, {})


def test_what_tells_people_apart_and_what_a_sign_in_is_checked_by_is_among_that() -> None:
    named = {'iss', 'sub', 'aud', 'exp', 'iat', 'nonce', 'azp', 'auth_time', 'acr', 'amr', 'sid'}
    assert named <= NOBODY_ADDS


@pytest.mark.parametrize('value', [{'a', 'b'}, object(), b'x', float('nan'), float('inf'), CIRCLE, DEEP], ids=type)
def test_what_is_no_json_is_refused_by_the_name_of_the_claim(value: object) -> None:
    with pytest.raises(ValueError, match="the claim 'team' cannot be kept as JSON"):
        added_claims({'team': value}, {})


def test_all_hooks_together_have_so_much_room() -> None:
    half = 'x' * (MAX_APP_CLAIMS // 2)
    assert added_claims({'a': half}, {}) == added_claims({'a': half}, {'a': half}) == {'a': half}
    with pytest.raises(ValueError, match=f'larger than {MAX_APP_CLAIMS} characters'):
        added_claims({'b': half}, {'a': half})
