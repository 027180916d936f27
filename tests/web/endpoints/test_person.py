"""A person, as an endpoint sees them."""

from __future__ import annotations

from typing import Any

import pytest

from app.web.endpoints.person import Person, role_names, scope_names


def person(**claims: Any) -> Person:
    return Person(
        issuer='https://login.example.com',
        sub='1',
        claims=claims,
        roles=frozenset({'admin', 'Domain Users'}),
        scopes=frozenset({'read', 'write'}),
    )


@pytest.mark.parametrize(
    ('claims', 'name'),
    [
        ({'name': 'Alice', 'email': 'a@b.c'}, 'Alice'),
        ({'name': '', 'preferred_username': 'alice'}, 'alice'),
        ({'name': ['Alice'], 'email': 'a@b.c'}, 'a@b.c'),
        ({}, '1'),
    ],
)
def test_what_to_call_a_person(claims: dict[str, Any], name: str) -> None:
    assert person(**claims).name == name


@pytest.mark.parametrize(('claims', 'email'), [({'email': 'a@b.c'}, 'a@b.c'), ({'email': 5}, None), ({}, None)])
def test_the_address_of_a_person(claims: dict[str, Any], email: str | None) -> None:
    assert person(**claims).email == email


@pytest.mark.parametrize(
    ('wanted', 'has'),
    [
        ({}, True),
        ({'role': 'admin'}, True),
        ({'role': 'Domain Users'}, True),
        ({'role': ('admin', 'owner')}, False),
        ({'scope': 'read write'}, True),
        ({'scope': ['read', 'delete']}, False),
        ({'role': 'admin', 'scope': 'delete'}, False),
        ({'role': 'owner', 'scope': 'read'}, False),
    ],
)
def test_what_a_person_has(wanted: dict[str, Any], has: bool) -> None:
    assert person().has(**wanted) is has


def test_a_role_is_one_text_and_scopes_have_spaces_between_them() -> None:
    assert role_names('Domain Users') == {'Domain Users'}
    assert scope_names(' a  b ') == {'a', 'b'}
    assert role_names(()) == scope_names('') == frozenset()
