"""Client authentication by a JWT that the client signs, `private_key_jwt` (OpenID Connect Core §9, RFC 7523 §3)."""

from __future__ import annotations

import threading
import time
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key

from ..messages import Client, Request

ALGORITHMS = ('RS256', 'PS256', 'ES256')
LONGEST = 3600  # seconds that an assertion may still be good for, since it is remembered for as long


class ClientAssertion(JWTBearerClientAssertion):
    """Checks each assertion, and lets none be used twice; `audiences` are the names that this server goes by."""

    CLIENT_AUTH_METHOD = 'private_key_jwt'

    def __init__(self, audiences: list[str]) -> None:
        super().__init__()
        self._audiences = audiences
        self._lock = threading.Lock()
        self._used: dict[tuple[str, str], float] = {}

    def __call__(self, query_client: Any, request: Request) -> Client | None:
        client: Client | None = super().__call__(query_client, request)
        if client and request.payload.client_id not in {None, client.client_id}:  # RFC 7521 §4.2
            raise InvalidClientError('The client_id is not that of the assertion.')
        return client

    def resolve_client_public_key(self, client: Client) -> Key:
        if client.public_key is None:
            raise InvalidClientError('The client has no key.')
        return import_key(dict(client.public_key))

    def process_assertion_claims(self, assertion: str, resolve_key: Key) -> dict[str, Any]:
        """The claims; raises `InvalidClientError`."""
        now = int(time.time())
        try:
            claims = jwt.decode(assertion, resolve_key, algorithms=list(ALGORITHMS)).claims
            jwt.JWTClaimsRegistry(
                now=now,
                iss={'essential': True, 'value': str(claims.get('sub'))},
                aud={'essential': True, 'values': self._audiences},
                exp={'essential': True},
            ).validate(claims)
        except (JoseError, ValueError):
            raise InvalidClientError('The assertion is not signed, addressed or dated as it must be.') from None
        if claims['exp'] > now + LONGEST:
            raise InvalidClientError('The assertion is good for too long.')
        if not self._is_new(claims, now):
            raise InvalidClientError('The assertion has no jti, or was used before.')
        return claims

    def _is_new(self, claims: dict[str, Any], now: float) -> bool:
        """Whether it has a `jti` that this client did not use before; from now on it did."""
        jti, client_id = claims.get('jti'), claims['sub']
        with self._lock:
            self._used = {key: end for key, end in self._used.items() if end >= now}
            # joserfc 1.6.5 lets any jti pass, and one that is a list could not be remembered.
            if not isinstance(jti, str) or not jti or (client_id, jti) in self._used:
                return False
            self._used[client_id, jti] = claims['exp']
            return True
