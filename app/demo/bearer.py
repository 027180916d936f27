"""How the demo API checks an access token: as any API should (RFC 9068 §4), and by a list of revoked ones."""

from __future__ import annotations

import jwt

from ..api.access_tokens import AccessTokens
from ..api.token_refused import invalid_token
from ..clock import Clock
from ..oidc.id_token import Claims
from ..oidc.keys import KeySet
from .keys import ALGORITHM

REALM = 'demo API'
REQUIRED = ('client_id', 'jti')  # of what the demo provider issues (RFC 9068 §2.2)


class Bearer:
    """Checks the tokens of one issuer for one audience; `revoke` refuses a single one from now on."""

    def __init__(self, issuer: str, audience: str, keys: KeySet, clock: Clock) -> None:
        algorithms = frozenset({ALGORITHM})
        self._tokens = AccessTokens(
            issuer, [audience], keys, clock, client_id=None, skew=0, algorithms=algorithms, required=REQUIRED
        )
        self._revoked: dict[str, float] = {}

    async def check(self, authorization: str, scope: str) -> Claims:
        """The claims of the token in the `Authorization` header, which has to have this scope; '' asks for none.

        Raises `TokenRefused`, or what the fetching of the keys raises.
        """
        claims = await self._tokens.check(authorization, scope)
        if claims['jti'] in self._revoked:
            raise invalid_token('The access token was revoked.')
        return claims

    def revoke(self, token: str) -> None:
        """Refuse this very access token, which this app itself was issued; others stay good."""
        claims = jwt.decode(token, options={'verify_signature': False})
        self._revoked = {jti: end for jti, end in self._revoked.items() if end > claims['iat']}
        self._revoked[claims['jti']] = claims['exp']
