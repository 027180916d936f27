"""The demo provider's signing key, kept so that what it signed stays valid over a restart."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidHeaderValueError, JoseError
from joserfc.jwk import KeySet, RSAKey

from ..data_dir import make_folder, make_once, usable
from ..errors import SettingsError

KEY_FILE = 'demo-signing-key.pem'
ALGORITHM = 'RS256'


class SigningKey:
    """An RSA key that signs JWTs; `data_dir` None keeps it in memory only. `name` is that of one of several."""

    def __init__(self, data_dir: Path | None, name: str = '') -> None:
        file = f'demo-{name}-signing-key.pem' if name else KEY_FILE
        self.key = _kept_key(data_dir / file) if data_dir else RSAKey.generate_key(2048)
        self.key.ensure_kid()

    @property
    def header(self) -> dict[str, str]:
        return {'alg': ALGORITHM, 'kid': str(self.key.kid)}

    def sign(self, claims: dict[str, Any], typ: str) -> str:
        return jwt.encode({**self.header, 'typ': typ}, claims, self.key)

    def verify(self, token: str, typ: str) -> dict[str, Any]:
        """The claims; raises `joserfc.errors.JoseError` if the key did not sign it as this `typ`, or it has expired."""
        decoded = jwt.decode(token, self.key, algorithms=[ALGORITHM])
        if decoded.header.get('typ') != typ:
            raise InvalidHeaderValueError('typ')
        jwt.JWTClaimsRegistry(now=int(time.time()), exp={'essential': True}).validate(decoded.claims)
        return decoded.claims

    def public_set(self) -> dict[str, Any]:
        """The JWK set for the world (RFC 7517 §5)."""
        public = self.key.as_dict(private=False)
        return {'keys': [{**public, 'use': 'sig', 'alg': ALGORITHM}]}

    def key_set(self) -> KeySet:
        return KeySet([self.key])


def _kept_key(path: Path) -> RSAKey:
    """The key in the file, made at the first call; raises `SettingsError` if the file cannot be used."""
    make_folder(path.parent)
    with usable(path):
        if not path.exists():
            make_once(path, RSAKey.generate_key(2048).as_pem(private=True))
        pem = path.read_bytes()
    try:
        key = RSAKey.import_key(pem)
    except (ValueError, JoseError) as error:
        raise _damaged(path) from error
    if not key.is_private:
        raise _damaged(path)
    return key


def _damaged(path: Path) -> SettingsError:
    return SettingsError(f'DATA_DIR: the key in {path} is damaged; remove the file, and a new one is made')
