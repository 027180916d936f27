"""What a client shows itself with, if it is no plain secret; none of it shows what is secret in it."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_urlsafe

from ...errors import SettingsError
from .secret_source import SecretSource
from .signing_key import SigningKey

ASSERTION_LIFETIME = 60  # seconds; it is made for one request, which takes less
APPLE = 'https://appleid.apple.com'
APPLE_SECRET_LIFETIME = 300  # seconds; Apple takes up to six months, which nobody needs who makes one for each request


@dataclass(frozen=True, slots=True)
class PrivateKeyJwt:
    """A key whose public half the provider has (RFC 7523 §2.2).

    `audience` is what the provider wants to be called in the JWTs; None for what it is known to want.
    """

    key: SigningKey
    audience: str | None = None


@dataclass(frozen=True, slots=True)
class ClientAssertion:
    """Such a key at the moment of a request, `issued_at` in seconds since the epoch."""

    credential: PrivateKeyJwt
    issued_at: float

    def jwt(self, client_id: str, audience: str, listed: frozenset[str]) -> str:
        """The assertion for this audience, which can be used once; signed as the algorithms that are `listed` allow."""
        claims = {
            'iss': client_id,
            'sub': client_id,
            'aud': audience,  # one, and no list: see `audience.py`
            'jti': token_urlsafe(24),
            'iat': int(self.issued_at),
            'exp': int(self.issued_at) + ASSERTION_LIFETIME,
        }
        key = self.credential.key
        return key.sign(claims, key.algorithm(listed))


@dataclass(frozen=True, slots=True)
class AppleSecret:
    """The key of Sign in with Apple, and the team whose it is; the client secret there is a JWT that it signs."""

    key: SigningKey
    team_id: str

    @classmethod
    def of(cls, key: SigningKey, team_id: str, prefix: str = 'OIDC') -> AppleSecret:
        """Raises `SettingsError` if Apple would take nothing that this key signs.

        `prefix` is how the names of the settings begin.
        """
        if key.algorithm(frozenset()) != 'ES256':
            raise SettingsError(f'{prefix}_PRIVATE_KEY_FILE: must be a key of the curve P-256, as Apple gives it out')
        if key.kid is None:
            raise SettingsError(f'{prefix}_PRIVATE_KEY_ID: must be set when {prefix}_TEAM_ID is')
        return cls(key, team_id)

    def secret(self, client_id: str, now: float) -> str:
        """The client secret from `now` on, in seconds since the epoch, for a few minutes."""
        issued_at = int(now)
        claims = {'iss': self.team_id, 'sub': client_id, 'aud': APPLE}
        return self.key.sign({**claims, 'iat': issued_at, 'exp': issued_at + APPLE_SECRET_LIFETIME}, 'ES256')


@dataclass(frozen=True, slots=True)
class MutualTls:
    """The connection's own certificate (RFC 8705 §2), which the HTTP client has: see `TlsFiles`."""


Credential = SecretSource | PrivateKeyJwt | AppleSecret | MutualTls | ClientAssertion
