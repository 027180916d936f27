"""Where the providers' roles are found. The tokens are made after the examples in each one's documentation."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from app.oidc.id_token import Claims
from app.sessions.roles import Roles, RolesFound, roles_of

CLIENT_ID = 'my.app'

KEYCLOAK: Claims = {
    'exp': 1735689900,
    'iat': 1735689600,
    'auth_time': 1735689598,
    'jti': '7d2b5a0e-5a52-4f0e-8a4f-6f0f2c7b7a61',
    'iss': 'https://login.example.com/realms/main',
    'aud': CLIENT_ID,
    'sub': 'f3a2a1d2-7c35-4c4f-9d29-5f5c5d1a9a6e',
    'typ': 'ID',
    'azp': CLIENT_ID,
    'sid': '0a0f8f3e-6cf1-4a3f-8d0b-7d8d4d5f8d55',
    'acr': '1',
    'preferred_username': 'alice',
    'realm_access': {'roles': ['default-roles-main', 'offline_access', 'uma_authorization', 'admin']},
    'resource_access': {
        CLIENT_ID: {'roles': ['editor']},
        'account': {'roles': ['manage-account', 'view-profile']},
    },
}
ENTRA: Claims = {
    'aud': '6cb04018-a3f5-46a7-b995-940c78f5aef3',
    'iss': 'https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0',
    'iat': 1735689600,
    'nbf': 1735689600,
    'exp': 1735693500,
    'name': 'Alice Adams',
    'oid': '690222be-ff1a-4d56-abd1-7e4f7d38e474',
    'preferred_username': 'alice@example.com',
    'rh': '0.AAAA',
    'sub': 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
    'tid': '72f988bf-86f1-41af-91ab-2d7cd011db47',
    'uti': 'fqiBqXLPj0eQa82S-IYFAA',
    'ver': '2.0',
}
ENTRA_OVERAGE: Claims = {
    **ENTRA,
    '_claim_names': {'groups': 'src1'},
    '_claim_sources': {
        'src1': {
            'endpoint': 'https://graph.microsoft.com/v1.0/users/690222be-ff1a-4d56-abd1-7e4f7d38e474/getMemberObjects'
        }
    },
}
GROUP = '8e1b3f4a-2b6d-4f9e-9d3e-0c1b2a3d4e5f'
AUTH0: Claims = {
    'https://example.com/roles': ['admin', 'editor'],
    'nickname': 'alice',
    'name': 'alice@example.com',
    'updated_at': '2025-01-01T00:00:00.000Z',
    'email': 'alice@example.com',
    'email_verified': True,
    'iss': 'https://example.eu.auth0.com/',
    'aud': CLIENT_ID,
    'iat': 1735689600,
    'exp': 1735725600,
    'sub': 'auth0|5f7c8ec7c33c6c004bbafe82',
    'sid': 'dkG1pCrW2E0Vh2v5p0tYxQ1aLz0aQyZB',
}
COGNITO: Claims = {
    'sub': 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    'cognito:groups': ['test-group-a', 'test-group-b'],
    'email_verified': True,
    'cognito:preferred_role': 'arn:aws:iam::111122223333:role/my-test-role',
    'iss': 'https://cognito-idp.us-west-2.amazonaws.com/us-west-2_example',
    'cognito:username': 'alice',
    'origin_jti': 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    'cognito:roles': ['arn:aws:iam::111122223333:role/my-test-role'],
    'aud': 'xxxxxxxxxxxxexample',
    'event_id': '64f513be-32db-42b0-b78e-b02127b4f463',
    'token_use': 'id',
    'auth_time': 1676312777,
    'exp': 1676316377,
    'iat': 1676312777,
    'email': 'alice@example.com',
}
OKTA: Claims = {'sub': '00uid4BxXw6I6TV4m0g3', 'iss': 'https://example.okta.com', 'groups': ['Everyone', 'App Admins']}
ADFS: Claims = {'sub': 'x', 'iss': 'https://fs.example.com/adfs', 'roles': 'Domain Users'}
CASDOOR: Claims = {
    'sub': '2a4d8e80-0c6b-4a5b-8f2b-3f8b0a1b9c11',
    'iss': 'https://door.example.com',
    'groups': ['built-in/staff'],
    'roles': [{'owner': 'built-in', 'name': 'admin', 'displayName': 'Administrator', 'isEnabled': True}],
}
ZITADEL = {'sub': '1', 'urn:zitadel:iam:org:project:roles': {'manager': {'160977083948179471': 'org.example.com'}}}
SCIM = {'groups': [{'value': 'e9e30dba-f08f-4109-8486-d5c6a331660a', 'display': 'Tour Guides'}]}


@pytest.mark.parametrize(
    ('claims', 'expected'),
    [
        pytest.param(
            KEYCLOAK, {'default-roles-main', 'offline_access', 'uma_authorization', 'admin', 'editor'}, id='Keycloak'
        ),
        pytest.param({**ENTRA, 'roles': ['Admin'], 'groups': [GROUP]}, {'Admin', GROUP}, id='Entra ID'),
        pytest.param(AUTH0, {'admin', 'editor'}, id='Auth0'),
        pytest.param(COGNITO, {'test-group-a', 'test-group-b'}, id='Cognito'),
        pytest.param(OKTA, {'Everyone', 'App Admins'}, id='Okta'),
        pytest.param(ADFS, {'Domain Users'}, id='AD FS'),
        pytest.param(CASDOOR, {'admin', 'built-in/staff'}, id='Casdoor'),
        pytest.param(SCIM, {'Tour Guides'}, id='SCIM'),
        pytest.param({'roles': []}, set(), id='none, and that is the whole truth'),
        pytest.param({'roles': None, 'groups': ['a']}, {'a'}, id='null'),
    ],
)
def test_the_usual_places(claims: Claims, expected: set[str]) -> None:
    assert roles_of(claims, None, CLIENT_ID) == RolesFound(frozenset(expected))


def test_the_roles_at_another_client_are_not_ours() -> None:
    assert roles_of(KEYCLOAK, None, 'account').roles >= {'manage-account'}
    assert not roles_of(KEYCLOAK, None, CLIENT_ID).roles & {'manage-account', 'view-profile'}


def test_a_url_counts_only_where_it_is_one_and_ends_in_roles() -> None:
    claims = {
        name: [name] for name in ('https://example.com/permissions', 'urn:x/roles', 'https:///roles', 'https://[/roles')
    }
    assert roles_of(claims, None, CLIENT_ID).roles == frozenset()


@pytest.mark.parametrize(
    ('roles', 'expected'),
    [
        pytest.param('realm_access.roles', {'r'}, id='a path'),
        pytest.param('https://example.com/roles', {'url'}, id='a URL'),
        pytest.param('https://example.com/app.roles', {'in the URL'}, id='a path that begins with a URL'),
        pytest.param(f'resource_access.{CLIENT_ID}.roles', {'c'}, id='a name with a dot in the middle'),
        pytest.param('x.y', {'whole'}, id='the whole name before the path'),
        pytest.param('a.b.c', {'longest'}, id='the longest name first'),
        pytest.param('a.b.d', {'shorter'}, id='a shorter one where the longest leads nowhere'),
        pytest.param(['realm_access.roles', 'x.y', 'nowhere'], {'r', 'whole'}, id='several'),
        pytest.param(('x.y',), {'whole'}, id='a tuple'),
    ],
)
def test_a_path(roles: Roles, expected: set[str]) -> None:
    claims: Claims = {
        'roles': ['not asked for'],
        'realm_access': {'roles': ['r']},
        'resource_access': {CLIENT_ID: {'roles': ['c']}},
        'https://example.com/roles': 'url',
        'https://example.com/app': {'roles': ['in the URL']},
        'x.y': ['whole'],
        'x': {'y': ['the path']},
        'a.b': {'c': ['longest']},
        'a': {'b': {'c': ['shortest'], 'd': ['shorter']}},
    }
    assert roles_of(claims, roles, CLIENT_ID) == RolesFound(frozenset(expected))


@pytest.mark.parametrize(
    ('claims', 'roles'),
    [
        pytest.param(ENTRA_OVERAGE, None, id='_claim_names'),
        pytest.param({**ENTRA, 'hasgroups': True}, None, id='hasgroups'),
        pytest.param({**ENTRA, 'hasgroups': 'true'}, 'groups', id='hasgroups as a text'),
        pytest.param(ENTRA_OVERAGE, ['groups', 'roles'], id='a path of several'),
        pytest.param({'_claim_names': {'realm_access': 's'}}, 'realm_access.roles', id='the beginning of a path'),
    ],
)
def test_groups_that_are_to_be_had_elsewhere_are_not_silently_missing(claims: Claims, roles: Roles) -> None:
    assert 'no room for all groups' in roles_of(claims, roles, CLIENT_ID).unknown


def test_the_app_roles_that_came_count_although_the_groups_did_not() -> None:
    found = roles_of({**ENTRA_OVERAGE, 'roles': ['Admin']}, None, CLIENT_ID)
    assert found.roles == {'Admin'}
    assert 'no room for all groups' in found.unknown


@pytest.mark.parametrize(
    ('claims', 'roles'),
    [
        pytest.param({**ENTRA_OVERAGE, 'roles': ['Admin']}, 'roles', id='groups that nobody asked for'),
        pytest.param({**ENTRA, 'groups': ['a'], 'hasgroups': False}, None, id='hasgroups is false'),
        pytest.param({'groups': ['a'], '_claim_names': {'address': 'src1'}}, None, id='another claim'),
        pytest.param({'groups': ['a'], '_claim_names': 'groups'}, None, id='_claim_names is a text'),
    ],
)
def test_what_is_elsewhere_and_was_not_asked_for_is_not_missed(claims: Claims, roles: Roles) -> None:
    assert roles_of(claims, roles, CLIENT_ID).unknown == ''


def test_keycloak_without_the_mapper_says_where_to_turn_it_on() -> None:
    """Its mappers "realm roles" and "client roles" come with "Add to access token" on and "Add to ID token" off."""
    claims = {name: value for name, value in KEYCLOAK.items() if name not in {'realm_access', 'resource_access'}}
    for roles in (None, 'realm_access.roles'):
        found = roles_of(claims, roles, CLIENT_ID)
        assert found.roles == frozenset()
        assert 'turn on "Add to ID token"' in found.unknown


def test_a_claim_that_is_in_neither_is_said() -> None:
    assert (
        roles_of(AUTH0, 'app.rolls', CLIENT_ID).unknown == 'neither the ID token nor userinfo has a claim "app.rolls"'
    )
    assert 'has a claim "roles", "groups"' in roles_of({'sub': '1'}, None, CLIENT_ID).unknown


@pytest.mark.parametrize('value', [7, True, {'roles': ['admin']}, [1, None, [['admin']], {}], {'name': 5}])
def test_what_is_no_text_is_left_out_and_said(value: Any) -> None:
    found = roles_of({'roles': value}, 'roles', CLIENT_ID)
    assert found == RolesFound(frozenset(), 'nothing in the claim "roles" is a role')


def test_what_is_no_text_among_texts_is_left_out() -> None:
    values = ['admin', 1, None, '', ['editor'], {'id': 2}, {'name': 3, 'display': 'Guides'}]
    assert roles_of({'roles': values}, None, CLIENT_ID) == RolesFound(frozenset({'admin', 'Guides'}))


def texts(_: Claims) -> Iterator[str]:
    yield 'admin'
    yield 'editor'


@pytest.mark.parametrize(
    ('function', 'expected'),
    [
        pytest.param(texts, {'admin', 'editor'}, id='a generator'),
        pytest.param(lambda claims: 'admin', {'admin'}, id='a text is one role'),
        pytest.param(lambda claims: claims['scope'].split(), {'read', 'write'}, id='a text with blanks'),
        pytest.param(lambda claims: claims['urn:zitadel:iam:org:project:roles'], {'manager'}, id='Zitadel'),
        pytest.param(lambda claims: ['admin', 1, None], {'admin'}, id='what is no text'),
        pytest.param(lambda claims: [], set(), id='none'),
    ],
)
def test_a_function(function: Roles, expected: set[str]) -> None:
    found = roles_of({**ZITADEL, 'scope': 'read write'}, function, CLIENT_ID)
    assert found == RolesFound(frozenset(expected))


def raising_halfway(_: Claims) -> Iterator[str]:
    yield 'admin'
    raise LookupError('the secret is 4711')


@pytest.mark.parametrize(
    ('function', 'kind'),
    [
        pytest.param(lambda claims: claims['missing'], 'KeyError', id='raises'),
        pytest.param(raising_halfway, 'LookupError', id='raises half way'),
        pytest.param(lambda claims: None, 'TypeError', id='gives nothing'),
    ],
)
def test_a_function_that_fails_gives_no_roles_and_the_log_says_so(
    function: Any, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        found = roles_of(AUTH0, function, CLIENT_ID)
    assert found == RolesFound(frozenset(), f'the function that says which roles a person has failed: {kind}')
    assert 'the function that says which roles a person has failed' in caplog.text


def test_what_was_found_cannot_be_changed() -> None:
    found = roles_of(AUTH0, None, CLIENT_ID)
    with pytest.raises(AttributeError):
        found.roles = frozenset()  # type: ignore[misc]  # that it fails is the point
