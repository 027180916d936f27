"""The check of an ID token (OpenID Connect Core §3.1.3.7).

PyJWT verifies the signature; the claims are checked here. PyJWT compares them with the real clock, where ours has to be
one that a test can set, and knows nothing of `nonce`, `azp` and `at_hash`. Authlib's `IDToken` leaves a check out where
what it needs is empty (an `at_hash` of '' passes); here a caller has to say so. Nothing in this file waits or asks the
network: the keys are given to it.

| algorithm                                                                    | what becomes of a token with it       |
|------------------------------------------------------------------------------|---------------------------------------|
| RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA         | verified, where the provider lists it |
| one of these that it does not list                                           | refused: `invalid_id_token`           |
| HS256, HS384, HS512; ES256K; Ed25519, Ed448 (the names of RFC 9864)          | refused: `id_token_algorithm`         |
| `none`, one that nobody knows, none named                                    | refused: `invalid_id_token`           |
| encrypted, whatever the algorithm (five parts, RFC 7516)                     | refused: `id_token_encrypted`         |

| moment, in seconds                     | `exp`         | `iat`, `nbf`  | `auth_time`                         |
|----------------------------------------|---------------|---------------|-------------------------------------|
| a number, fractions too                | as it is      | as it is      | as it is                            |
| in the past, 0, negative               | expired       | taken         | taken                               |
| in the future, far (milliseconds) too  | taken         | not yet valid | left out                            |
| text, a bool, null, an object          | refused       | refused       | left out                            |
| NaN, Infinity, 2^53 and beyond         | refused       | refused       | left out                            |
| missing                                | refused       | refused (`iat`), not checked (`nbf`) | nothing is said |

Past and future are by our clock, give or take the skew. What is left out is as if it had not been said: `auth_time` is
not what a sign-in is decided by.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Set
from typing import Any, TypeGuard

import jwt
from authlib.oidc.core.util import create_half_hash

from ..errors import InvalidIdToken, SubjectMismatch
from .metadata import ASYMMETRIC_ALGORITHMS, ContradictsMetadata, Metadata
from .unsupported import AlgorithmUnsupported, IdTokenEncrypted

CLOCK_SKEW = 60.0  # seconds that a provider's clock may differ from ours, for `iat` and `exp` alike
MAX_LENGTH = 64 * 1024  # characters; a session keeps it, and with a thousand groups in it one has about 40,000
LONGEST_URL = 2000  # characters; some servers refuse a query of 2,048 (IIS, Entra ID), others a URL of 4,000 or 8,000
SHARED_SECRET = 'it is made with a shared secret, which whoever knows it could have used'
NOT_VERIFIED = {  # JOSE algorithms that are refused by name, and why
    'HS256': SHARED_SECRET,
    'HS384': SHARED_SECRET,
    'HS512': SHARED_SECRET,
    'ES256K': 'the curve secp256k1 (RFC 8812) is not supported',
    'Ed25519': 'only its older name EdDSA (RFC 8037) is supported, not that of RFC 9864',
    'Ed448': 'only its older name EdDSA (RFC 8037) is supported, not that of RFC 9864',
}
Claims = dict[str, Any]


class UnknownKey(InvalidIdToken, ContradictsMetadata):
    """No known key verifies the signature; a fresh key set may have it."""


def fits(url: str) -> bool:
    """Whether a URL that has a hint in it can be sent; without the hint it means nearly the same."""
    return len(url) <= LONGEST_URL


class UnlistedAlgorithm(InvalidIdToken, ContradictsMetadata):
    """It is signed with an algorithm that could be verified, but that the provider does not list."""


def verify_signature(metadata: Metadata, id_token: str, keys: Iterable[dict[str, Any]]) -> Claims:
    """The claims of an ID token that one of the provider's keys (JWKs) signed; nothing else is checked yet.

    Raises what `verify_jwt` does, for the algorithms that the provider lists.
    """
    return verify_jwt(id_token, keys, metadata.id_token_algorithms, 'ID token')


def verify_jwt(token: str, keys: Iterable[dict[str, Any]], algorithms: Set[str], what: str) -> Claims:
    """The claims of a JWT that one of the provider's keys signed, as the table at the top has it; `what` it is.

    Raises `UnknownKey` if none did, `UnlistedAlgorithm`, `AlgorithmUnsupported` or `IdTokenEncrypted`, and
    `InvalidIdToken` if it is longer than `MAX_LENGTH`, or no JWT.
    """
    if len(token) > MAX_LENGTH:
        raise InvalidIdToken(f'the {what} is longer than {MAX_LENGTH} characters')
    if token.count('.') == 4 and all(token.split('.', 1)):
        raise IdTokenEncrypted(f'the {what} is encrypted (five parts, RFC 7516 §3.1)')
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, ValueError) as error:
        raise InvalidIdToken(f'the {what} is no JWT: {error}') from error
    algorithm, kid = header.get('alg'), header.get('kid')
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise _wrong_algorithm(algorithm, what)
    for jwk in keys:
        if jwk.get('use', 'sig') != 'sig' or (kid is not None and jwk.get('kid', kid) != kid):
            continue
        if jwk.get('alg', algorithm) != algorithm:
            continue
        try:
            key = jwt.PyJWK(jwk, algorithm)
            claims = replace_surrogates(jwt.decode(token, key, algorithms=[algorithm], options=_SIGNATURE_ONLY))
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, RecursionError):  # not this key, or no key at all
            continue
        return claims
    raise UnknownKey(f'no key of the provider verifies the {what} (kid {kid!r}, {algorithm})')


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
    problems = {
        'iss': claims.get('iss') != issuer,
        'sub': not isinstance(claims.get('sub'), str) or not claims['sub'],
        'aud': not has_audience(claims.get('aud'), client_id),
        'azp': _azp_is_wrong(claims.get('azp'), claims.get('aud'), client_id),
        'exp': has_passed(claims.get('exp'), now, skew),
        'iat': is_to_come(claims.get('iat'), now, skew),
        'nbf': 'nbf' in claims and is_to_come(claims['nbf'], now, skew),
        'nonce': nonce is not None and not _equal(claims.get('nonce'), nonce),
        'at_hash': 'at_hash' in claims and not _equal(claims['at_hash'], _half_hash(access_token, algorithm)),
    }
    wrong = [name for name, is_wrong in problems.items() if is_wrong]
    if wrong:
        raise InvalidIdToken(f'the ID token has a missing or wrong {wrong[0]}')
    if 'auth_time' in claims and is_to_come(claims['auth_time'], now, skew):
        return {name: value for name, value in claims.items() if name != 'auth_time'}
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


def has_audience(audiences: object, client_id: str) -> bool:
    """Whether `aud`, a text or a list of them, names us."""
    return (
        audiences == client_id if isinstance(audiences, str) else isinstance(audiences, list) and client_id in audiences
    )


def has_passed(moment: object, now: float, skew: float) -> bool:
    """Whether the moment of an `exp` is over, or is none at all; the table of moments is at the top of this file."""
    return not _is_number(moment) or moment + skew <= now


def is_to_come(moment: object, now: float, skew: float) -> bool:
    """Whether the moment of an `iat`, `nbf` or `auth_time` has not come yet, or is none at all."""
    return not _is_number(moment) or moment - skew > now


def _wrong_algorithm(algorithm: object, what: str) -> InvalidIdToken:
    """The error for a JWT whose algorithm is not among those that count."""
    detail = f'the {what} is signed with {algorithm!r}'
    if isinstance(algorithm, str) and algorithm in NOT_VERIFIED:
        return AlgorithmUnsupported(f'{detail}: {NOT_VERIFIED[algorithm]}')
    if isinstance(algorithm, str) and algorithm in ASYMMETRIC_ALGORITHMS:
        return UnlistedAlgorithm(f'{detail}, which the provider does not list')
    return InvalidIdToken(detail)


def _azp_is_wrong(azp: object, audiences: object, client_id: str) -> bool:
    """Whether the authorized party is another, or is missing although there are several audiences."""
    return azp != client_id if azp is not None else isinstance(audiences, list) and len(audiences) > 1


def _half_hash(access_token: str, algorithm: str) -> str:
    """`at_hash` (OpenID Connect Core §3.1.3.6)."""
    return bytes(create_half_hash(access_token, algorithm)).decode()


def _equal(value: object, expected: str) -> bool:
    return isinstance(value, str) and hmac.compare_digest(value.encode(errors='replace'), expected.encode())


def _is_number(value: object) -> TypeGuard[float]:
    """A moment that can be computed with: JSON, as Python reads it, also has NaN, Infinity and endless digits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53


def replace_surrogates(document: dict[str, Any]) -> dict[str, Any]:
    """The JSON object with a question mark for each half of a character (RFC 8259 §8.2), which no page could show.

    Raises `RecursionError` where it is nested too deeply.
    """
    found: dict[str, Any] = json.loads(json.dumps(document, ensure_ascii=False).encode(errors='replace'))
    return found
