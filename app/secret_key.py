"""The secret key, and the keys for single purposes that are derived from it."""

from __future__ import annotations

import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .data_dir import make_folder, make_once, usable
from .errors import SettingsError
from .settings import MIN_KEY_LENGTH, Settings

KEY_FILE = 'secret.key'


def secret_key(settings: Settings) -> str:
    """SECRET_KEY, else one that is made once and kept in DATA_DIR."""
    return settings.secret_key.get_secret_value() if settings.secret_key else generated_secret_key(settings.data_dir)


def derive_key(secret_key: str, purpose: str) -> bytes:
    """32 bytes for one purpose (HKDF, RFC 5869); one purpose's key tells nothing of another's."""
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret_key.encode())


def generated_secret_key(data_dir: Path) -> str:
    """The secret key in `data_dir`, made at the first call (mode 0600); two processes get the same one.

    Raises `SettingsError` if the folder cannot be used, or the key there is damaged.
    """
    path = data_dir / KEY_FILE
    make_folder(data_dir)
    with usable(path):
        if not path.exists():
            make_once(path, secrets.token_urlsafe(48).encode())
        key = path.read_bytes().decode(errors='replace').strip()
    if len(key) < MIN_KEY_LENGTH or '\ufffd' in key:  # what no text in UTF-8 has
        raise SettingsError(f'SECRET_KEY: the one in {path} is damaged; remove the file, and everybody signs in anew')
    return key
