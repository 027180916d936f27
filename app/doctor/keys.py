"""The provider's public keys (RFC 7517 §5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import jwt

from ..errors import ProviderUnreachable
from ..oidc.metadata import ASYMMETRIC_ALGORITHMS
from .examination import Examination
from .finding import Finding, ok, problem, quoted


async def check_keys(examination: Examination) -> Finding:
    """Whether there is a key that can verify ID tokens."""
    url = examination.url('jwks_uri')
    try:
        reply = await examination.probe.look('GET', url)
    except ProviderUnreachable as error:
        return problem(f'The keys cannot be fetched: {quoted(error)}.', 'Check that this machine may go to jwks_uri.')
    keys = (reply.document or {}).get('keys')
    if reply.status != 200 or not isinstance(keys, list):
        return problem(f'There are no keys at jwks_uri: HTTP status {reply.status}.', 'Ask those who run the provider.')
    listed = examination.metadata().id_token_algorithms & ASYMMETRIC_ALGORITHMS
    return judge_keys(keys, listed or ASYMMETRIC_ALGORITHMS)


def judge_keys(keys: Iterable[Any], algorithms: Iterable[str]) -> Finding:
    """At least one of the JWKs is for signatures, of a kind that one of the algorithms uses, and whole."""
    keys = list(keys)
    usable = [key for key in keys if isinstance(key, dict) and _is_usable(key, algorithms)]
    if usable:
        return ok(f'{len(usable)} of {len(keys)} can verify ID tokens.')
    return problem(
        f'None of the {len(keys)} keys can verify an ID token that is signed with {", ".join(sorted(algorithms))}.',
        'Have the provider publish the key that it signs ID tokens with (use: sig).',
    )


def _is_usable(key: dict[str, Any], algorithms: Iterable[str]) -> bool:
    if key.get('use', 'sig') != 'sig':
        return False
    return any(_fits(key, name) for name in algorithms if key.get('alg', name) == name)


def _fits(key: dict[str, Any], algorithm: str) -> bool:
    try:
        jwt.PyJWK(key, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return False
    return True
