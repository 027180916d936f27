"""How the demo API checks an access token: as any API should (RFC 9068 §4), refusing in the words of RFC 6750 §3.

Authlib's validator does the work. Beside it stand what it leaves out (a token must have a type, one algorithm, a scope
that is a text) and what it cannot do: fetch keys without blocking, and say in words what is wrong.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import joserfc.jwk
import jwt
from authlib.oauth2.rfc6750 import InvalidTokenError
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from joserfc.errors import BadSignatureError, ExpiredTokenError, JoseError, MissingClaimError

from ..oidc.id_token import UnknownKey
from ..oidc.keys import Keys, KeySet
from .keys import ALGORITHM

REALM = 'demo API'
TYPES = frozenset({'at+jwt', 'application/at+jwt'})  # of an access token; an ID token is no access token
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


class Validator(JWTBearerTokenValidator):
    """Authlib's checks of signature and claims; the keys are there before it is asked, since it waits for nobody."""

    def __init__(self, issuer: str, audience: str, keys: Keys) -> None:
        super().__init__(issuer, audience)
        self._keys = joserfc.jwk.KeySet.import_key_set({'keys': keys})

    def get_jwks(self) -> joserfc.jwk.KeySet:
        return self._keys


class Bearer:
    """Checks the tokens of one issuer for one audience; `revoke` refuses a single one from now on."""

    def __init__(self, issuer: str, audience: str, keys: KeySet) -> None:
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
        granted = claims.get('scope')  # Authlib also takes a list of them, which RFC 9068 §2.2.3 does not know
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
        if str(header.get('typ')).lower() not in TYPES:  # Authlib lets a token without any pass
            raise _invalid('This is a token of another type: only an access token (at+jwt) is accepted.')
        if header['alg'] != ALGORITHM:  # Authlib takes whatever joserfc recommends
            raise _invalid(f'The access token is not signed with {ALGORITHM}.')
        try:
            return await self._keys.verify(partial(self._validated, token, header.get('kid')))
        except UnknownKey:
            raise _invalid('The access token was signed with a key that the provider does not publish.') from None
        except InvalidTokenError as error:
            raise _invalid(_in_words(error.__cause__)) from None
        except (JoseError, ValueError, TypeError):  # a key that is none; what Authlib does not turn into its own
            raise _invalid(NO_SENSE) from None

    def _validated(self, token: str, kid: object, keys: Keys) -> Claims:
        """The claims, once everything but the scope was checked."""
        named = [key for key in keys if key.get('kid') == kid]
        if not named:
            raise UnknownKey
        validator = Validator(self._issuer, self._audience, named)
        claims = validator.authenticate_token(token)
        claims.options.pop('scope')  # Authlib calls a token bad that has an empty one; it is good, and allows nothing
        validator.validate_token(claims, scopes=None, request=None)
        return dict(claims)


NO_SENSE = 'The access token makes no sense.'
BY_KIND = {
    BadSignatureError: 'The signature of the access token is wrong.',
    ExpiredTokenError: 'The access token has expired.',
    MissingClaimError: 'The access token lacks a claim that it must have.',
}
BY_CLAIM = {
    'iss': 'The access token was issued by somebody else.',
    'aud': 'The access token is meant for another audience than this API.',
    'iat': 'The access token is not valid yet.',
    'nbf': 'The access token is not valid yet.',
}


def _in_words(error: BaseException | None) -> str:
    return next(
        (text for kind, text in BY_KIND.items() if isinstance(error, kind)),
        BY_CLAIM.get(getattr(error, 'claim', ''), NO_SENSE),
    )


def _invalid(description: str) -> Refused:
    return Refused(401, 'invalid_token', description)
