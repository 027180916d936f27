"""Files in PEM that a setting names."""

from __future__ import annotations

from pathlib import Path

from ..errors import SettingsError


def read_pem(file: Path, name: str) -> bytes:
    """What is in the file that the setting of this name says. Raises `SettingsError` if it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(f'{name}: {file} cannot be read: {error.strerror}') from None
