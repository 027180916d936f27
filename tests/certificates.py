"""A certificate authority that a test makes for itself, and what it signs; all as PEM files in one folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
DAY = timedelta(days=1)


def key_pem(key: Key, password: bytes | None = None) -> bytes:
    """The private key as a PEM file has it."""
    encryption: KeySerializationEncryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def public_pem(key: Key) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


@dataclass(frozen=True)
class Certificate:
    """The files of a certificate and of its key."""

    cert_file: Path
    key_file: Path


@dataclass(frozen=True)
class Authority:
    """A private CA; `ca_file` is its certificate, which who trusts it has."""

    folder: Path
    common_name: str = 'a CA of the tests'
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()), repr=False)

    @property
    def ca_file(self) -> Path:
        file = self.folder / f'{self.common_name}.pem'
        if not file.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            file.write_bytes(self._certificate(_name(self.common_name), self.key, is_authority=True))
        return file

    def certificate(self, common_name: str, key: Key | None = None) -> Certificate:
        """One for a server at localhost, or for a client, of this name."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        files = Certificate(self.folder / f'{common_name}.crt', self.folder / f'{common_name}.key')
        self.folder.mkdir(parents=True, exist_ok=True)
        files.cert_file.write_bytes(self._certificate(_name(common_name), key))
        files.key_file.write_bytes(key_pem(key))
        return files

    def _certificate(self, subject: x509.Name, key: Key, *, is_authority: bool = False) -> bytes:
        now = datetime.now(UTC)
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        usage = x509.KeyUsage(True, False, False, False, False, is_authority, is_authority, False, False)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(_name(self.common_name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + DAY)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(own, critical=False)
            .add_extension(issuer, critical=False)
        )
        if not is_authority:
            names = x509.SubjectAlternativeName([x509.DNSName('localhost'), x509.IPAddress(ip_address('127.0.0.1'))])
            purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
            builder = builder.add_extension(names, critical=False).add_extension(purposes, critical=False)
        return builder.sign(self.key, SHA256()).public_bytes(Encoding.PEM)
