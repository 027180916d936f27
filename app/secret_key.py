"""The secret key, and the keys for single purposes that are derived from it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

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
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        key = path.read_text().strip()
    except OSError as error:
        raise SettingsError(f'DATA_DIR: cannot be used: {error}') from error
    if len(key) < MIN_KEY_LENGTH:
        raise SettingsError(f'SECRET_KEY: the one in {path} is damaged; remove the file, and everybody signs in anew')
    return key


def _make(path: Path) -> None:
    draft = path.with_name(f'{KEY_FILE}.{secrets.token_hex(8)}')
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w') as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # unlike a rename, it never replaces what another process made meanwhile
    except FileExistsError:
        pass
    finally:
        draft.unlink()
