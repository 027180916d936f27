"""Which roles a person has, by the claims of the ID token and of userinfo.

where nothing is said, these count, all together   | who puts them there
---------------------------------------------------+----------------------------------------------------------------
`roles`, `groups`                                  | Entra ID, Okta, authentik, Authelia, the demo provider
`realm_access.roles`                               | Keycloak, once its mapper has "Add to ID token"
`resource_access.<client id>.roles`                | Keycloak, the same; the roles at other clients are not ours
a claim whose name is a URL that ends in `/roles`  | Auth0, by an Action: `https://example.com/roles`
`cognito:groups`                                   | Amazon Cognito

what stands there                                  | is read as
---------------------------------------------------+----------------------------------------------------------------
a list of texts                                    | so many roles
a text                                             | one role: AD FS and .NET write a list of one so, and names have
                                                   | blanks and commas in them (`Domain Users`, `CN=Staff,DC=example`)
an object in the list, or alone                    | its `name` (Casdoor, VMware Identity Broker), else its `display`
                                                   | (a group as SCIM has it, RFC 7643 §4.1.2)
anything else                                      | nothing

The access token does not count: it is for the API and not for us (RFC 9068 §6), even if it happens to be readable.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..oidc.id_token import Claims

log = logging.getLogger(__name__)

Roles = str | Sequence[str] | Callable[[Claims], Iterable[str]] | None

ELSEWHERE = (
    'the ID token has no room for all groups of this person, and names another place to ask for them; have the '
    'provider send fewer: in Entra ID "Groups assigned to the application", or app roles'
)
KEYCLOAK = (
    'Keycloak puts roles into the access token only, unless its mappers say otherwise: under Client scopes > roles > '
    'Mappers turn on "Add to ID token" for "realm roles" and "client roles"'
)


@dataclass(frozen=True, slots=True)
class RolesFound:
    """The roles that a person is known to have, and why that may not be the whole truth; '' if it is."""

    roles: frozenset[str] = frozenset()
    unknown: str = ''


def roles_of(claims: Claims, roles: Roles, client_id: str) -> RolesFound:
    """The roles of a person with these claims; `roles` says where to look.

    That is the name of a claim or a path to it (`realm_access.roles`), several of them, or a function of the claims;
    None means the usual places. A claim whose name has dots in it is found by its whole name first. Never raises.
    """
    if callable(roles):
        return _by_function(claims, roles)
    if roles is None:
        return _by_paths(claims, _usual_paths(claims, client_id))
    return _by_paths(claims, [roles] if isinstance(roles, str) else roles)


def _usual_paths(claims: Claims, client_id: str) -> list[str]:
    named = [name for name in claims if _is_url_of_roles(name)]
    return ['roles', 'groups', 'realm_access.roles', f'resource_access.{client_id}.roles', 'cognito:groups', *named]


def _is_url_of_roles(name: str) -> bool:
    try:
        url = urlsplit(name)
    except ValueError:
        return False
    return url.scheme in {'http', 'https'} and bool(url.netloc) and url.path.endswith('/roles')


def _by_function(claims: Claims, function: Callable[[Claims], Iterable[str]]) -> RolesFound:
    try:
        found = function(claims)
        values = [found] if isinstance(found, str) else list(found)
    except Exception as error:  # whatever it is that the app's own function does, a page is to be shown
        log.exception('the function that says which roles a person has failed')
        return RolesFound(unknown=f'the function that says which roles a person has failed: {type(error).__name__}')
    return RolesFound(_names(values))


def _by_paths(claims: Claims, paths: Sequence[str]) -> RolesFound:
    found = {path: value for path in paths if (value := _at(claims, path)) is not None}
    roles = {path: _names(value) for path, value in found.items()}
    reasons = [_elsewhere(claims, [path for path in paths if path not in found])]
    reasons += [
        f'nothing in the claim "{path}" is a role' for path, value in found.items() if value and not roles[path]
    ]
    if not found and not any(reasons):
        reasons.append(_absent(claims, paths))
    return RolesFound(frozenset().union(*roles.values()), '; '.join(reason for reason in reasons if reason))


def _at(value: object, path: str) -> object:
    """What stands at the end of the path; None if nothing does. The longest name that fits comes first."""
    if not isinstance(value, Mapping):
        return None
    if path in value:
        return value[path]
    parts = path.split('.')
    for length in range(len(parts) - 1, 0, -1):
        found = _at(value.get('.'.join(parts[:length])), '.'.join(parts[length:]))
        if found is not None:
            return found
    return None


def _names(value: object) -> frozenset[str]:
    """The roles that stand there, as the table at the top has it."""
    names = [_name(item) for item in (value if isinstance(value, list) else [value])]
    return frozenset(name for name in names if name is not None)


def _name(item: object) -> str | None:
    candidates = [item.get('name'), item.get('display')] if isinstance(item, Mapping) else [item]
    return next((name for name in candidates if isinstance(name, str) and name), None)


def _elsewhere(claims: Claims, missing: Sequence[str]) -> str:
    """Whether the provider says that one of these claims is to be had in another place (OpenID Connect Core §5.6.2)."""
    named = claims.get('_claim_names')
    names = set(named) if isinstance(named, Mapping) else set()
    if claims.get('hasgroups') in (True, 'true'):  # Entra ID's way to say it where there is little room
        names.add('groups')
    return ELSEWHERE if any(path in names or path.split('.')[0] in names for path in missing) else ''


def _absent(claims: Claims, paths: Sequence[str]) -> str:
    places = ', '.join(f'"{path}"' for path in paths)
    reason = f'neither the ID token nor userinfo has a claim {places}'
    return f'{reason}; {KEYCLOAK}' if '/realms/' in str(claims.get('iss', '')) else reason
