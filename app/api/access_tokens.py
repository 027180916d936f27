"""The check of an access token that somebody sends to this app as to an API (RFC 9068 §4, RFC 8725).

PyJWT verifies the signature, with the rules and limits of `oidc/id_token.py`; the claims are checked here, by our own
clock. Opaque tokens, which only the provider can look up (RFC 7662), are refused.

An ID token is never taken for an access token, though both come from the same provider, signed with the same keys:

| `typ` in the header            | what becomes of it                                                                  |
|--------------------------------|-------------------------------------------------------------------------------------|
| `at+jwt` (RFC 9068 §2.1)       | an access token                                                                     |
| `JWT`, or none (Keycloak,      | looked at closer: it has a mark of an access token, none of an ID token, and its    |
| Auth0, Entra ID, Okta, ...)    | `aud` does not name our client, as that of every ID token of ours does              |
| any other                      | refused                                                                             |

| marks of                       |                                                                                     |
|--------------------------------|-------------------------------------------------------------------------------------|
| an access token                | `scope`, `scp`, `client_id`; `gty` (Auth0); `azpacr`, `appidacr` (Entra ID);        |
|                                | `"typ": "Bearer"` (Keycloak), `"token_use": "access"` (Cognito) among the claims    |
| an ID token, or another one    | `nonce`, `at_hash`, `c_hash`, `s_hash`, `events`; any other `typ` or `token_use`    |

A token that is bound to a key (`cnf`: DPoP, RFC 9449; mutual TLS, RFC 8705) is refused: as a bearer token it is stolen.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from functools import partial

import jwt

from ..clock import Clock
from ..oidc.id_token import (
    CLOCK_SKEW,
    MAX_LENGTH,
    Claims,
    UnknownKey,
    has_audience,
    has_passed,
    is_to_come,
    verify_jwt,
)
from ..oidc.keys import KeySet
from ..oidc.metadata import ASYMMETRIC_ALGORITHMS
from .token_refused import TokenRefused, invalid_token, missing_scope

log = logging.getLogger(__name__)

TYPES = frozenset({'at+jwt', 'application/at+jwt'})  # RFC 9068 §2.1
GENERAL_TYPES = frozenset({'jwt', 'application/jwt', ''})  # of anything; '' where there is none
REQUIRED = ('iss', 'sub', 'aud', 'exp', 'iat')
MARKS = frozenset({'scope', 'scp', 'client_id', 'gty', 'azpacr', 'appidacr'})
FOREIGN_MARKS = frozenset({'nonce', 'at_hash', 'c_hash', 's_hash', 'events'})
OWN_VALUES = {'typ': 'Bearer', 'token_use': 'access'}  # claims that say what the token is


class AccessTokens:
    """Checks the access tokens of one issuer for this API.

    `audiences` are the names that the API has at the provider; with none every token is refused. `client_id` is what
    this app signs people in by; None for an API that takes nothing but RFC 9068's own type. `required` are claims that
    a token must have, beside those that every one must. `skew` in seconds.
    """

    def __init__(
        self,
        issuer: str,
        audiences: Iterable[str],
        keys: KeySet,
        clock: Clock,
        *,
        client_id: str | None,
        skew: float = CLOCK_SKEW,
        algorithms: frozenset[str] = ASYMMETRIC_ALGORITHMS,
        required: Iterable[str] = (),
    ) -> None:
        self.issuer = issuer
        self._audiences = frozenset(audiences)
        self._keys = keys
        self._clock = clock
        self._client_id = client_id
        self._skew = skew
        self._algorithms = algorithms & ASYMMETRIC_ALGORITHMS
        self._required = (*REQUIRED, *required)
        self._has_said_why = False

    async def check(self, authorization: str, scope: str = '') -> Claims:
        """The claims of the token in the `Authorization` header, which has to have these scopes, spaces between them.

        Raises `TokenRefused`, or what fetching the provider's keys raises.
        """
        scheme, _, token = authorization.partition(' ')
        if scheme.lower() != 'bearer' or not token.strip():
            raise TokenRefused(401, None, 'This needs an access token in the Authorization header.')
        if not self._audiences:
            raise self._without_audience()
        claims = await self._verified(token.strip())
        if missing := [name for name in scope.split() if name not in scopes_of(claims)]:
            raise missing_scope(' '.join(missing))
        return claims

    def _without_audience(self) -> TokenRefused:
        """The operator is told once, in the log."""
        if not self._has_said_why:
            log.warning('access tokens are refused: OIDC_AUDIENCE does not say which ones are meant for this API')
            self._has_said_why = True
        return invalid_token('This app takes no access tokens: it is not set which ones are meant for it.')

    async def _verified(self, token: str) -> Claims:
        header = _header(token)
        kind = str(header.get('typ') or '').lower()
        if kind not in TYPES and (kind not in GENERAL_TYPES or self._client_id is None):
            raise invalid_token('This is a token of another type: only an access token (at+jwt) is accepted.')
        if str(header.get('alg')) not in self._algorithms:
            names = ', '.join(sorted(self._algorithms))
            raise invalid_token(f'The access token is not signed as it must be here ({names}).')
        verify = partial(verify_jwt, token, algorithms=self._algorithms, what='access token')
        try:
            claims = await self._keys.verify(verify)
        except UnknownKey:
            raise invalid_token(
                'The signature of the access token is wrong, or made with a key that the provider does not publish.'
            ) from None
        if kind not in TYPES and (why := self._why_no_access_token(claims)):
            raise invalid_token(why)
        self._check_claims(claims)
        return claims

    def _check_claims(self, claims: Claims) -> None:
        """Raises `TokenRefused` that says what is wrong with them (RFC 9068 §4)."""
        if missing := [name for name in self._required if name not in claims]:
            raise invalid_token(f'The access token lacks a claim that it must have ({missing[0]}).')
        now = self._clock.now()
        problems = {
            'The access token makes no sense: a moment in it is no number.': not _has_moments(claims),
            'The access token was issued by somebody else.': claims['iss'] != self.issuer,
            'The access token is meant for another audience than this API.': not self._is_for_us(claims['aud']),
            'The access token does not say whom it is about.': not isinstance(claims['sub'], str) or not claims['sub'],
            'The access token has expired.': has_passed(claims['exp'], now, self._skew),
            'The access token is not valid yet.': is_to_come(claims['iat'], now, self._skew)
            or ('nbf' in claims and is_to_come(claims['nbf'], now, self._skew)),
            'The access token is bound to a key, and was sent without a proof of it.': 'cnf' in claims,
        }
        if wrong := next((words for words, is_wrong in problems.items() if is_wrong), None):
            raise invalid_token(wrong)

    def _is_for_us(self, audience: object) -> bool:
        return any(has_audience(audience, name) for name in self._audiences)

    def _why_no_access_token(self, claims: Claims) -> str | None:
        """Why a token of a general type is none, as the tables at the top have it; None if it is one."""
        if self._client_id is not None and has_audience(claims.get('aud'), self._client_id):
            return (
                'This may be an ID token: it is meant for the client itself. The API needs an identifier of its own '
                'at the provider, or tokens of the type at+jwt.'
            )
        said = {name: claims[name] for name in OWN_VALUES if name in claims}
        is_foreign = not FOREIGN_MARKS.isdisjoint(claims) or any(OWN_VALUES[name] != said[name] for name in said)
        if is_foreign or (not said and MARKS.isdisjoint(claims)):
            return 'This may be an ID token: nothing in it shows that it is an access token.'
        return None


def scopes_of(claims: Mapping[str, object]) -> frozenset[str]:
    """The scopes of an access token: `scope` (RFC 9068 §2.2.3), else `scp`, a text (Entra ID) or a list (Okta)."""
    named = next((claims[name] for name in ('scope', 'scp') if name in claims), '')
    if 'scope' not in claims and isinstance(named, list):
        return frozenset(name for name in named if isinstance(name, str))
    return frozenset(named.split()) if isinstance(named, str) else frozenset()


def issuer_in(authorization: str) -> str:
    """Who the token in an `Authorization` header says that it is from: whose keys are to verify that."""
    try:
        claims = jwt.decode(authorization.partition(' ')[2].strip()[:MAX_LENGTH], options={'verify_signature': False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        return ''
    return str(claims.get('iss', ''))


def _has_moments(claims: Claims) -> bool:
    return all(isinstance(claims[name], int | float) for name in ('exp', 'iat', 'nbf') if name in claims)


def _header(token: str) -> dict[str, object]:
    """The header, which nobody has verified yet."""
    if len(token) > MAX_LENGTH:
        raise invalid_token(f'The access token is longer than {MAX_LENGTH} characters.')
    if token.count('.') == 4:
        raise invalid_token('The access token is encrypted: only signed ones can be checked here.')
    try:
        return jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, ValueError):
        raise invalid_token(
            'The access token is no JWT that can be read here; opaque ones cannot be checked.'
        ) from None
