"""A private key of this app: read from PEM, and never shown.

| key                             | algorithm, the first that the endpoint lists; the first if it lists none        |
|---------------------------------|---------------------------------------------------------------------------------|
| RSA                             | RS256, PS256                                                                    |
| RSA with its certificate        | PS256, RS256 (Entra ID's certificate credentials say that it should be PS256)   |
| EC P-256, P-384, P-521          | ES256, ES384, ES512                                                             |
| Ed25519                         | EdDSA                                                                           |
| anything else; RSA < 2,048 bits | refused when it is read (RFC 7518 §3.3)                                         |
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ...errors import SettingsError
from ..pem import read_pem

BY_CURVE = {'secp256r1': 'ES256', 'secp384r1': 'ES384', 'secp521r1': 'ES512'}
SHORTEST_RSA = 2048  # bits
PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key, the `kid` that the provider knows it by, and the SHA-256 of its certificate; None where there is none."""

    key: PrivateKey = field(repr=False)
    kid: str | None = None
    thumbprint: str | None = None

    @classmethod
    def read(
        cls, file: Path, kid: str | None = None, *, certificate: Path | None = None, prefix: str = 'OIDC'
    ) -> SigningKey:
        """The key in a PEM file, with its certificate where the provider wants that named (Entra ID: `x5t#S256`).

        Raises `SettingsError` with the setting whose file is of no use; its name begins with `prefix`.
        """
        name, cert_name = f'{prefix}_PRIVATE_KEY_FILE', f'{prefix}_CERT_FILE'
        try:
            key = _private_key(read_pem(file, name))
            thumbprint = _thumbprint(read_pem(certificate, cert_name), key) if certificate else None
        except NotAKey as error:
            raise SettingsError(f'{name}: {file} {error}') from None
        except NotItsCertificate as error:
            raise SettingsError(f'{cert_name}: {certificate} {error}') from None
        return cls(key, kid, thumbprint)

    def algorithm(self, listed: frozenset[str]) -> str:
        """What it signs with where these are taken, as the table above has it."""
        able = _algorithms(self.key)
        able = able[::-1] if self.thumbprint else able
        return next((name for name in able if name in listed), able[0])

    def sign(self, claims: dict[str, Any], algorithm: str) -> str:
        """A JWT with these claims."""
        named = {'kid': self.kid, 'x5t#S256': self.thumbprint}
        headers = {name: value for name, value in named.items() if value is not None}
        return jwt.encode(claims, self.key, algorithm, headers)


class NotAKey(Exception):
    """The file has no key that can be used; it says why."""


class NotItsCertificate(Exception):
    """The file has no certificate of the key; it says why."""


def _algorithms(key: PrivateKey) -> tuple[str, ...]:
    if isinstance(key, RSAPrivateKey):
        return 'RS256', 'PS256'
    return (BY_CURVE[key.curve.name],) if isinstance(key, EllipticCurvePrivateKey) else ('EdDSA',)


def _private_key(pem: bytes) -> PrivateKey:
    try:
        key = load_pem_private_key(pem, None)
    except TypeError:
        raise NotAKey('is encrypted; the key must have no password') from None
    except (ValueError, UnsupportedAlgorithm):
        raise NotAKey('has no private key in PEM') from None
    if isinstance(key, RSAPrivateKey) and key.key_size < SHORTEST_RSA:
        raise NotAKey(f'has an RSA key of {key.key_size} bits; it must have {SHORTEST_RSA} or more')
    if isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        return key
    if isinstance(key, EllipticCurvePrivateKey) and key.curve.name in BY_CURVE:
        return key
    raise NotAKey('has a key that is neither RSA, nor EC (P-256, P-384, P-521), nor Ed25519')


def _thumbprint(pem: bytes, key: PrivateKey) -> str:
    """The `x5t#S256` of the certificate (RFC 7515 §4.1.8)."""
    try:
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError:
        raise NotItsCertificate('has no certificate in PEM') from None
    if certificate.public_key() != key.public_key():
        raise NotItsCertificate('is not the certificate of the private key')
    return urlsafe_b64encode(certificate.fingerprint(SHA256())).rstrip(b'=').decode()
