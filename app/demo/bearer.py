"""How the demo API checks an access token: as any API should (RFC 9068 §4), refusing in the words of RFC 6750 §3."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import jwt

from ..clock import Clock
from ..errors import ProviderFailed
from ..oidc.http import SingleFlight
from .keys import ALGORITHM

REALM = 'demo API'
TYPES = frozenset({'at+jwt', 'application/at+jwt'})  # of an access token; an ID token is no access token
REQUIRED = ('iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti')  # RFC 9068 §2.2
REFETCH_INTERVAL = 10.0  # seconds; an unknown key fetches a set that was there again, at most this often
Claims = dict[str, Any]


class Refused(Exception):
    """The request is refused; `error` is None where it had no token at all (RFC 6750 §3.1)."""

    def __init__(self, status: int, error: str | None, description: str, scope: str | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.error = error
        self._scope = scope

    @property
    def challenge(self) -> str:
        """The `WWW-Authenticate` header."""
        values = {'realm': REALM, 'scope': self._scope}
        if self.error:
            values |= {'error': self.error, 'error_description': self.description}
        return 'Bearer ' + ', '.join(f'{name}="{value}"' for name, value in values.items() if value)


class PublicKeys:
    """The provider's keys as its JWKS has them, fetched when they are needed and again when one is unknown."""

    def __init__(self, fetch: Callable[[], Awaitable[dict[str, Any]]], clock: Clock) -> None:
        self._fetch = SingleFlight(self._fetched)
        self._fetch_document = fetch
        self._clock = clock
        self._keys: dict[str | None, jwt.PyJWK] | None = None
        self._refetched_at = float('-inf')

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """The key with this id; raises what the fetching raises.

        The first fetch does not count for the interval: keys may be rotated right after it.
        """
        if self._keys is None:
            return (await self._fetch()).get(kid)
        if kid not in self._keys and self._clock.monotonic() - self._refetched_at >= REFETCH_INTERVAL:
            keys = await self._fetch()
            self._refetched_at = self._clock.monotonic()
            return keys.get(kid)
        return self._keys.get(kid)

    async def _fetched(self) -> dict[str | None, jwt.PyJWK]:
        try:
            found = jwt.PyJWKSet.from_dict(await self._fetch_document())
        except jwt.PyJWTError as error:
            raise ProviderFailed(f'the key set of the provider is none: {error}') from error
        self._keys = {key.key_id: key for key in found.keys}
        return self._keys


class Bearer:
    """Checks the tokens of one issuer for one audience; `revoke` refuses a single one from now on."""

    def __init__(self, issuer: str, audience: str, keys: PublicKeys) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._revoked: dict[str, float] = {}

    async def check(self, authorization: str, scope: str) -> Claims:
        """The claims of the token in the `Authorization` header, which has to have this scope.

        Raises `Refused`, or what the fetching of the keys raises.
        """
        scheme, _, token = authorization.partition(' ')
        if scheme.lower() != 'bearer' or not token.strip():
            raise Refused(401, None, 'This needs an access token in the Authorization header.')
        claims = await self._verified(token.strip())
        if claims['jti'] in self._revoked:
            raise _invalid('The access token was revoked.')
        granted = claims.get('scope')
        if not isinstance(granted, str) or scope not in granted.split():
            raise Refused(403, 'insufficient_scope', f'This needs the scope {scope}.', scope)
        return claims

    def revoke(self, token: str) -> None:
        """Refuse this very access token, which this app itself was issued; others stay good."""
        claims = jwt.decode(token, options={'verify_signature': False})
        self._revoked = {jti: end for jti, end in self._revoked.items() if end > claims['iat']}
        self._revoked[claims['jti']] = claims['exp']

    async def _verified(self, token: str) -> Claims:
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.InvalidTokenError, ValueError):
            raise _invalid('The access token is no JWT.') from None
        if str(header.get('typ')).lower() not in TYPES:
            raise _invalid('This is a token of another type: only an access token (at+jwt) is accepted.')
        key = await self._keys.find(str(header.get('kid')))
        if key is None:
            raise _invalid('The access token was signed with a key that the provider does not publish.')
        try:
            return dict(
                jwt.decode(
                    token,
                    key,
                    algorithms=[ALGORITHM],
                    issuer=self._issuer,
                    audience=self._audience,
                    options={'require': list(REQUIRED)},
                )
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise _invalid(_in_words(error)) from None


WORDS: tuple[tuple[type[Exception], str], ...] = (
    (jwt.ExpiredSignatureError, 'The access token has expired.'),
    (jwt.InvalidIssuerError, 'The access token was issued by somebody else.'),
    (jwt.InvalidAudienceError, 'The access token is meant for another audience than this API.'),
    (jwt.InvalidSignatureError, 'The signature of the access token is wrong.'),
    (jwt.InvalidAlgorithmError, f'The access token is not signed with {ALGORITHM}.'),
    (jwt.MissingRequiredClaimError, 'The access token lacks a claim that it must have.'),
    (jwt.ImmatureSignatureError, 'The access token is not valid yet.'),
)


def _in_words(error: Exception) -> str:
    return next((text for kind, text in WORDS if isinstance(error, kind)), 'The access token makes no sense.')


def _invalid(description: str) -> Refused:
    return Refused(401, 'invalid_token', description)
