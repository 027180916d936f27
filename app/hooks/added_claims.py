"""What an `on_login` hook returned: more claims, if they are such."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..sessions.claims import MAX_APP_CLAIMS, size_of

# What tells people apart, and what an ID token is checked by (OpenID Connect Core §2, RFC 7519 §4.1).
NOBODY_ADDS = frozenset(
    {'iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti', 'nonce', 'azp', 'auth_time', 'acr', 'amr', 'sid'}
    | {'at_hash', 'c_hash', 's_hash'}
)


def added_claims(returned: object, before: Mapping[str, Any]) -> dict[str, Any]:
    """The claims that a hook has returned, as JSON has them; none for None.

    `before` are those of the hooks before it. Raises `ValueError` if it is no mapping, if it has a name that the
    protocol rests on, or a value that is no JSON, or if there are too many.
    """
    if returned is None:
        return {}
    if not isinstance(returned, Mapping) or not all(isinstance(name, str) for name in returned):
        raise ValueError(f'it may return a mapping of claims by name, or None, and not {type(returned).__name__}')
    if forbidden := sorted(NOBODY_ADDS & returned.keys()):
        raise ValueError(f'it may not set {", ".join(forbidden)}: only the provider says that')
    claims = {name: _as_json(name, value) for name, value in returned.items()}
    if size_of({**before, **claims}) > MAX_APP_CLAIMS:
        raise ValueError(f'what it has added is larger than {MAX_APP_CLAIMS} characters of JSON')
    return claims


def _as_json(name: str, value: object) -> Any:
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f'the claim {name[:100]!r} cannot be kept as JSON ({type(error).__name__})') from None
