"""DATA_DIR: the folder, files that are made in it once, and which process serves from it."""

from __future__ import annotations

import logging
import multiprocessing
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .errors import SettingsError

log = logging.getLogger(__name__)

LOCK_FILE = 'serving.lock'
SEVERAL_APPS = 'DATA_DIR: another process serves from %s already; give each app a folder of its own'
SEVERAL_WORKERS = (
    'the server has several workers (--workers), but NiceGUI keeps each page in the memory of one: pages will not work '
    'well, and people will be signed out without cause; start it with one'
)


@contextmanager
def usable(path: Path) -> Iterator[None]:
    """What the operating system says against this file or folder becomes the one line that stops the start.

    Raises `SettingsError`.
    """
    try:
        yield
    except OSError as error:
        raise unusable(path, error.strerror or str(error)) from error


def unusable(path: Path, reason: str) -> SettingsError:
    """The error that names the setting, the file and what to do."""
    return SettingsError(
        f'DATA_DIR: {path} cannot be used ({reason}); the app needs a folder that it may write to, with room left'
    )


def make_folder(folder: Path) -> None:
    """Make DATA_DIR, for its owner only, unless it is there. Raises `SettingsError` if that cannot be done.

    The key in a folder that we made does not get into somebody's repository, as with other tools' folders.
    """
    if folder.exists():
        if not folder.is_dir():
            raise unusable(folder, 'it is a file')
        return
    with usable(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / '.gitignore').write_text('*\n', encoding='utf-8')


def make_once(path: Path, content: bytes) -> None:
    """Write a file for its owner only (mode 0600), unless it is there, also where two processes do so at once.

    Nobody ever sees half of it, whatever happens on the way. Raises `OSError`.
    """
    draft = path.with_name(f'{path.name}.{secrets.token_hex(8)}')
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'wb') as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # unlike a rename, it never replaces what another process made meanwhile
    except FileExistsError:
        pass
    finally:
        draft.unlink()


class ServingLock:
    """Tells of a second process that serves from one DATA_DIR: people would be signed out without cause.

    It is a warning and no refusal. The system lets go of the lock when the process ends, however it ends. Whoever has
    it writes down which process has made it, as a server makes its workers: of these is said why that does not work.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_FILE
        self._file: IO[bytes] | None = None

    def take(self) -> None:
        """Raises `SettingsError` if DATA_DIR cannot be written to."""
        with usable(self._path):
            self._file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), 'r+b', buffering=0)
        try:
            _lock(self._file)
        except BlockingIOError:
            log.warning(*(SEVERAL_WORKERS,) if self._is_sibling() else (SEVERAL_APPS, self._path.parent))
            return
        except OSError as error:  # some network file systems have no locks
            log.info('%s cannot be locked: %s', self._path, error)
        with usable(self._path):
            self._file.truncate(0)
            self._file.write(_maker())

    def _is_sibling(self) -> bool:
        """Whether whoever has the lock was made by the same process as this one."""
        try:
            made_by = self._path.read_bytes()
        except OSError:  # Windows lets nobody read what is locked
            return False
        return made_by != b'' and made_by == _maker()

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _maker() -> bytes:
    """The number of the process of Python's that has made this one, as uvicorn makes its workers; empty if none has."""
    parent = multiprocessing.parent_process()
    return b'' if parent is None else str(parent.pid).encode()


def _lock(file: IO[bytes]) -> None:
    """Lock the file as this system does. Raises `BlockingIOError` if another process has it, else `OSError`."""
    if sys.platform == 'win32':
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError as error:  # what the C library makes of a byte that is locked
            raise BlockingIOError(*error.args) from error
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
