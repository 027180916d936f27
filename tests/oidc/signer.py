"""Somebody with a private key, who signs ID tokens; keys are slow to make, so each is made once."""

from __future__ import annotations

import base64
import functools
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MAKERS: dict[str, Any] = {
    'RS': lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    'PS': lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    'ES256': lambda: ec.generate_private_key(ec.SECP256R1()),
    'ES384': lambda: ec.generate_private_key(ec.SECP384R1()),
    'ES512': lambda: ec.generate_private_key(ec.SECP521R1()),
    'Ed': ed25519.Ed25519PrivateKey.generate,
}


@dataclass(frozen=True)
class Signer:
    """One key pair; `kid` is what its JWK and its signatures call it, None for no name."""

    algorithm: str
    kid: str | None
    key: Any = field(repr=False)

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """The claims as a JWT; `header` adds to its header."""
        named = ({} if self.kid is None else {'kid': self.kid}) | header
        return jwt.encode(claims, self.key, algorithm=self.algorithm, headers=named)

    def jwk(self, **changes: Any) -> dict[str, Any]:
        """The public key as a provider shows it; a change to None leaves the member out."""
        public = jwt.get_algorithm_by_name(self.algorithm).to_jwk(self.key.public_key(), as_dict=True)
        jwk = {**public, 'kid': self.kid, 'alg': self.algorithm, 'use': 'sig', 'key_ops': None, **changes}
        return {name: value for name, value in jwk.items() if value is not None}

    def pem(self) -> bytes:
        """The public key as text, which everybody can have."""
        return bytes(self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


@functools.cache
def signer(algorithm: str = 'RS256', kid: str | None = 'one', owner: str = 'provider') -> Signer:
    """Always the same signer for the same arguments, and another key for another `owner` or `kid`."""
    return Signer(algorithm, kid, (MAKERS.get(algorithm) or MAKERS[algorithm[:2]])())


def unsigned(claims: dict[str, Any]) -> str:
    """A JWT with the algorithm `none` (RFC 7519 §6)."""
    return f'{segments({"alg": "none"}, claims)}.'


def signed_with_a_secret(claims: dict[str, Any], secret: bytes, **header: Any) -> str:
    """An HS256 JWT, also with a secret that a careful library would refuse to use."""
    signed = segments({'alg': 'HS256', **header}, claims)
    return f'{signed}.{_base64url(hmac.digest(secret, signed.encode(), "sha256"))}'


def tampered(id_token: str) -> str:
    """The same JWT with another signature of the same length."""
    head, payload, signature = id_token.split('.')
    return f'{head}.{payload}.{signature[:9]}{"B" if signature[9] == "A" else "A"}{signature[10:]}'


def segments(header: object, claims: object) -> str:
    """The two parts of a JWT that are signed."""
    return '.'.join(_base64url(json.dumps(part).encode()) for part in (header, claims))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()
