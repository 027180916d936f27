"""The check of an ID token (OpenID Connect Core §3.1.3.7).

PyJWT verifies the signature; the claims are checked here. PyJWT compares them with the real clock, where ours has to be
one that a test can set, and knows nothing of `nonce`, `azp` and `at_hash`. Authlib's `IDToken` leaves a check out where
what it needs is empty (an `at_hash` of '' passes); here a caller has to say so. Nothing in this file waits or asks the
network: the keys are given to it.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from typing import Any

import jwt
from authlib.oidc.core.util import create_half_hash

from ..errors import InvalidIdToken, SubjectMismatch
from .metadata import Metadata

CLOCK_SKEW = 60.0  # seconds that a provider's clock may differ from ours, for `iat` and `exp` alike
MAX_LENGTH = 64 * 1024  # characters; a session keeps it, and with a thousand groups in it one has about 40,000
LONGEST_URL = 2000  # characters; some servers refuse a query of 2,048 (IIS, Entra ID), others a URL of 4,000 or 8,000
Claims = dict[str, Any]


class UnknownKey(InvalidIdToken):
    """No known key verifies the signature; a fresh key set may have it."""


def fits(url: str) -> bool:
    """Whether a URL that has a hint in it can be sent; without the hint it means nearly the same."""
    return len(url) <= LONGEST_URL


def verify_signature(metadata: Metadata, id_token: str, keys: Iterable[dict[str, Any]]) -> Claims:
    """The claims of an ID token that one of the provider's keys (JWKs) signed; nothing else is checked yet.

    Raises `UnknownKey` if none did, `InvalidIdToken` if it is longer than `MAX_LENGTH`, no JWT, or signed with an
    algorithm that the provider does not list or that is not asymmetric.
    """
    if len(id_token) > MAX_LENGTH:
        raise InvalidIdToken(f'the ID token is longer than {MAX_LENGTH} characters')
    try:
        header = jwt.get_unverified_header(id_token)
    except (jwt.InvalidTokenError, ValueError) as error:
        raise InvalidIdToken(f'the ID token is no JWT: {error}') from error
    algorithm, kid = header.get('alg'), header.get('kid')
    if not isinstance(algorithm, str) or algorithm not in metadata.id_token_algorithms:
        raise InvalidIdToken(f'the ID token is signed with {algorithm!r}')
    for jwk in keys:
        if jwk.get('use', 'sig') != 'sig' or (kid is not None and jwk.get('kid', kid) != kid):
            continue
        if jwk.get('alg', algorithm) != algorithm:
            continue
        try:
            key = jwt.PyJWK(jwk, algorithm)
            claims = replace_surrogates(jwt.decode(id_token, key, algorithms=[algorithm], options=_SIGNATURE_ONLY))
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, RecursionError):  # not this key, or no key at all
            continue
        return claims
    raise UnknownKey(f'no key of the provider verifies the ID token (kid {kid!r}, {algorithm})')


def check_claims(
    claims: Claims,
    *,
    issuer: str,
    client_id: str,
    now: float,
    nonce: str | None,
    access_token: str,
    algorithm: str,
    skew: float = CLOCK_SKEW,
) -> Claims:
    """The claims of an ID token whose signature was verified, once everything else was checked too.

    `nonce` is what the authorization request sent; None only where there was none (a refresh). `skew` in seconds.
    Raises `InvalidIdToken` that names the claim.
    """
    audiences = claims.get('aud')
    audiences = [audiences] if isinstance(audiences, str) else audiences
    problems = {
        'iss': claims.get('iss') != issuer,
        'sub': not isinstance(claims.get('sub'), str) or not claims['sub'],
        'aud': not isinstance(audiences, list) or client_id not in audiences,
        'azp': _azp_is_wrong(claims.get('azp'), audiences, client_id),
        'exp': not _is_number(claims.get('exp')) or claims['exp'] + skew <= now,
        'iat': not _is_number(claims.get('iat')) or claims['iat'] - skew > now,
        'nbf': 'nbf' in claims and (not _is_number(claims['nbf']) or claims['nbf'] - skew > now),
        'nonce': nonce is not None and not _equal(claims.get('nonce'), nonce),
        'at_hash': 'at_hash' in claims and not _equal(claims['at_hash'], _half_hash(access_token, algorithm)),
    }
    wrong = [name for name, is_wrong in problems.items() if is_wrong]
    if wrong:
        raise InvalidIdToken(f'the ID token has a missing or wrong {wrong[0]}')
    return claims


def check_refreshed_claims(claims: Claims, known: Claims) -> Claims:
    """The claims of an ID token that came with a refresh: still about the same sign-in (OpenID Connect Core §12.2).

    Raises `SubjectMismatch` if `sub` differs from the known claims, `InvalidIdToken` if `auth_time` or `nonce` does.
    """
    if claims['sub'] != known['sub']:
        raise SubjectMismatch('the refreshed ID token is for another sub')
    for name in ('auth_time', 'nonce'):
        if name in claims and name in known and claims[name] != known[name]:
            raise InvalidIdToken(f'the refreshed ID token has another {name}')
    return claims


def claims_of(id_token: str) -> Claims:
    """The claims of an ID token that was verified when it came."""
    return replace_surrogates(jwt.decode(id_token, options={'verify_signature': False}))


def algorithm_of(id_token: str) -> str:
    """The algorithm in the header of an ID token whose signature was verified."""
    return str(jwt.get_unverified_header(id_token)['alg'])


_SIGNATURE_ONLY: Any = {
    'verify_signature': True,
    **dict.fromkeys(
        ('verify_exp', 'verify_nbf', 'verify_iat', 'verify_aud', 'verify_iss', 'verify_sub', 'verify_jti'), False
    ),
}


def _azp_is_wrong(azp: object, audiences: object, client_id: str) -> bool:
    """Whether the authorized party is another, or is missing although there are several audiences."""
    return azp != client_id if azp is not None else isinstance(audiences, list) and len(audiences) > 1


def _half_hash(access_token: str, algorithm: str) -> str:
    """`at_hash` (OpenID Connect Core §3.1.3.6)."""
    return bytes(create_half_hash(access_token, algorithm)).decode()


def _equal(value: object, expected: str) -> bool:
    return isinstance(value, str) and hmac.compare_digest(value.encode(errors='replace'), expected.encode())


def _is_number(value: object) -> bool:
    """A moment that can be computed with: JSON, as Python reads it, also has NaN, Infinity and endless digits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53


def replace_surrogates(document: dict[str, Any]) -> dict[str, Any]:
    """The JSON object with a question mark for each half of a character (RFC 8259 §8.2), which no page could show.

    Raises `RecursionError` where it is nested too deeply.
    """
    found: dict[str, Any] = json.loads(json.dumps(document, ensure_ascii=False).encode(errors='replace'))
    return found
