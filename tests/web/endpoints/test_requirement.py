"""What a page or an endpoint wants of whoever sees or calls it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pytest

from app.web.endpoints.requirement import Requirement


@dataclass(frozen=True)
class Known:
    """What a guard looks at."""

    scopes: frozenset[str] = frozenset({'openid', 'email'})
    roles: frozenset[str] = frozenset({'editor'})
    acr: str = ''
    age: int = 0

    def authenticated(self, *, acr: str | Collection[str] = (), max_age: int | None = None) -> bool:
        return (not acr or self.acr in acr) and (max_age is None or self.age <= max_age)


SOMEBODY = Known()
ADMIN = Known(roles=frozenset({'admin', 'editor'}))


def granted(scope: str) -> Known:
    return Known(frozenset(scope.split()))


@pytest.mark.parametrize(
    ('guard', 'user', 'lets_in'),
    [
        (Requirement.of(), None, False),
        (Requirement.of(), SOMEBODY, True),
        (Requirement.of(), granted(''), True),
        (Requirement.of(scope='email'), None, False),
        (Requirement.of(scope='email'), SOMEBODY, True),
        (Requirement.of(scope='write:messages'), SOMEBODY, False),
        (Requirement.of(scope='write:messages'), granted('openid write:messages'), True),
        (Requirement.of(scope='write:messages'), granted('openid rewrite:messages'), False),
        (Requirement.of(scope=('a', 'b')), granted('a'), False),
        (Requirement.of(scope=('a', 'b')), granted('b a'), True),
        (Requirement.of(role='admin'), None, False),
        (Requirement.of(role='admin'), SOMEBODY, False),
        (Requirement.of(role='admin'), ADMIN, True),
        (Requirement.of(role=('admin', 'owner')), ADMIN, False),
        (Requirement.of(role={'admin', 'editor'}), ADMIN, True),
        (Requirement.of(role='Domain Admins'), Known(roles=frozenset({'Domain Admins'})), True),
        (Requirement.of(scope='openid email'), SOMEBODY, True),
        (Requirement.of(scope='openid write:messages'), SOMEBODY, False),
        (Requirement.of(check=lambda user: 'openid' in user.scopes), SOMEBODY, True),
        (Requirement.of(check=lambda user: 'openid' in user.scopes), granted(''), False),
        (Requirement.of(role='admin', check=lambda _: True), SOMEBODY, False),
        (Requirement.of(acr='gold'), SOMEBODY, False),
        (Requirement.of(acr='silver gold'), Known(acr='gold'), True),
        (Requirement.of(acr=['gold'], max_age=60), Known(acr='gold', age=61), False),
        (Requirement.of(max_age=0), Known(age=0), True),
        (Requirement.of(max_age=60, role='admin'), SOMEBODY, False),
    ],
)
def test_a_guard_lets_in_who_has_what_it_needs(guard: Requirement[Any], user: Known | None, lets_in: bool) -> None:
    assert guard.lets_in(user) is lets_in


@pytest.mark.parametrize(
    ('guard', 'missing'),
    [
        (Requirement.of(scope=('write:messages', 'email', 'a')), ['the scope a', 'the scope write:messages']),
        (Requirement.of(role=('owner', 'admin'), scope='x'), ['the role admin', 'the role owner', 'the scope x']),
        (Requirement.of(role='editor', check=lambda _: False), ['a permission that is asked for here']),
        (Requirement.of(role='editor', scope='email'), []),
    ],
)
def test_it_says_what_is_missing(guard: Requirement[Any], missing: list[str]) -> None:
    assert guard.missing(SOMEBODY) == missing


def test_a_check_is_asked_only_of_who_has_the_rest() -> None:
    asked = []

    def check(user: object) -> bool:
        asked.append(user)
        return True

    Requirement.of(role='admin', check=check).missing(SOMEBODY)
    assert asked == []
    Requirement.of(role='editor', check=check).missing(SOMEBODY)
    assert asked == [SOMEBODY]
