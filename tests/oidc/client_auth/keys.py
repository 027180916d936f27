"""Private keys of the tests, each made once, as the files that a setting names."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tests.certificates import Key, key_pem

KINDS = ('RSA', 'P-256', 'P-384', 'P-521', 'Ed25519')
CURVES: dict[str, ec.EllipticCurve] = {'P-256': ec.SECP256R1(), 'P-384': ec.SECP384R1(), 'P-521': ec.SECP521R1()}


@cache
def key(kind: str) -> Key:
    if kind == 'RSA':
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ed25519.Ed25519PrivateKey.generate() if kind == 'Ed25519' else ec.generate_private_key(CURVES[kind])


def key_file(folder: Path, kind: str) -> Path:
    file = folder / f'{kind}.pem'
    file.write_bytes(key_pem(key(kind)))
    return file
