"""The file that settings may stand in, `.env` by custom: what is said if it cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import SettingsError


@contextmanager
def readable(file: Path) -> Iterator[None]:
    """While it is read: one that cannot be read stops the start with one line; one that is not there is empty.

    Raises `SettingsError`.
    """
    if file.is_dir():  # as Docker makes one where a file was to be mounted that is not there
        raise SettingsError(f'{file}: is a folder; remove it, or put a text file in its place')
    try:
        yield
    except UnicodeDecodeError:
        raise SettingsError(f'{file}: must be a text in UTF-8') from None
    except OSError as error:
        raise SettingsError(f'{file}: cannot be read ({error.strerror}); let the app read it, or remove it') from None
