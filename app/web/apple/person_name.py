"""The names in the field `user` of Apple's form ("Request an authorization to the Sign in with Apple server")."""

from __future__ import annotations

import json
from typing import Any

from ...oidc.client_auth.credential import APPLE as APPLE
from ...oidc.id_token import Claims

LONGEST_USER = 2000  # characters of the field; more is nothing that Apple sends
LONGEST_NAME = 100  # characters of each name
NAMES = ('name', 'given_name', 'family_name')


def names_in(user: str) -> dict[str, str]:
    """The claims `given_name`, `family_name` and `name` (OpenID Connect Core §5.1); as many as it has, perhaps none.

    Of an email address, and of all else in it, nothing is taken.
    """
    try:
        document = json.loads(user) if len(user) <= LONGEST_USER else None
    except (ValueError, RecursionError):
        return {}
    name = document.get('name') if isinstance(document, dict) else None
    if not isinstance(name, dict):
        return {}
    given, family = _printable(name.get('firstName')), _printable(name.get('lastName'))
    found = {'given_name': given, 'family_name': family, 'name': f'{given} {family}'.strip()}
    return {claim: value for claim, value in found.items() if value}


def with_names(userinfo: Claims | None, id_claims: Claims, names: dict[str, str], issuer: str) -> Claims | None:
    """What userinfo said, with these names if Apple signed the person in and neither it nor the ID token has one."""
    is_named = any(claim in {**(userinfo or {}), **id_claims} for claim in NAMES)
    return userinfo if issuer != APPLE or is_named or not names else {**(userinfo or {}), **names}


def _printable(name: Any) -> str:
    """The text without what cannot be seen or turns the writing round, on one line; empty if it is none."""
    text = ''.join(char if char.isprintable() else ' ' for char in name) if isinstance(name, str) else ''
    return ' '.join(text.split())[:LONGEST_NAME].strip()
