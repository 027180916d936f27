"""Encryption at rest, and the secret key that it starts from."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import SettingsError
from app.settings import MIN_KEY_LENGTH, Settings

KEY_FILE = 'secret.key'


class Sealed(Exception):
    """What was sealed was sealed with another key, or was changed since."""


class Vault:
    """Seals text (AES-128-CBC with HMAC-SHA-256, as Fernet has it) with a key of its own for each purpose."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derive_key(secret_key, purpose)))

    def seal(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def unseal(self, sealed: bytes) -> str:
        """The text; raises `Sealed` if this key does not open it."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise Sealed from error


def derive_key(secret_key: str, purpose: str) -> bytes:
    """32 bytes for one purpose (HKDF, RFC 5869); one purpose's key tells nothing of another's."""
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret_key.encode())


def secret_key(settings: Settings) -> str:
    """SECRET_KEY, else one that is made once and kept in DATA_DIR."""
    return settings.secret_key.get_secret_value() if settings.secret_key else generated_secret_key(settings.data_dir)


def generated_secret_key(data_dir: Path) -> str:
    """The secret key in `data_dir`, made at the first call (mode 0600); two processes get the same one."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, draft = data_dir / KEY_FILE, data_dir / f'{KEY_FILE}.{secrets.token_hex(8)}'
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, 'w') as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # unlike a rename, it never replaces what another process made meanwhile
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key = path.read_text().strip()
    if len(key) < MIN_KEY_LENGTH:
        raise SettingsError(f'SECRET_KEY: the one in {path} is damaged; remove the file, and everybody signs in anew')
    return key
