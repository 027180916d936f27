"""The window: what it needs on this machine, and what pywebview and `ui.run` have to be told."""

from __future__ import annotations

import json
import logging
import os
import sys
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nicegui import App
from nicegui.events import NativeEventArguments

from ..errors import SettingsError
from ..settings import Settings
from .process import WindowUrl

STORAGE, SIZE_FILE = 'window', 'window.json'  # in DATA_DIR


def prepare_window(app: App, settings: Settings, url: str) -> None:
    """Let the window open this address, and keep its cookies between two starts, and its size; before `ui.run`.

    Raises `SettingsError` if no window can be shown here, or DATA_DIR cannot be used.
    """
    check_window()
    storage = settings.data_dir.resolve() / STORAGE
    try:
        storage.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f'DATA_DIR: cannot be used: {error}') from error
    # It complains of each page that lets nobody evaluate scripts, as sign-in pages should, with a traceback.
    os.environ.setdefault('PYWEBVIEW_LOG', 'CRITICAL')
    app.native.start_args.update(private_mode=False, storage_path=str(storage))
    app.native.window_args.update(url=WindowUrl(url))
    if _is_qt():
        app.native.start_args.update(gui='qt')
        if os.geteuid() == 0:  # its engine does not start otherwise
            os.environ.setdefault('QTWEBENGINE_DISABLE_SANDBOX', '1')
    _remember_size(app, settings)
    app.on_shutdown(partial(_close, app))


def check_window() -> None:
    """Raises `SettingsError` if there is nothing to show a window with, or on."""
    if find_spec('webview') is None:
        raise SettingsError("NATIVE: the window needs pywebview: make native, or pip install '.[native]'")
    if sys.platform != 'linux':
        return
    if not (_is_qt() or find_spec('PyQt6') or find_spec('gi')):
        raise SettingsError("NATIVE: the window needs Qt or GTK: make native, or pip install '.[native]'")
    if not (os.environ.get('DISPLAY') or os.environ.get('WAYLAND_DISPLAY')):
        raise SettingsError('NATIVE: there is no display to show a window on (neither DISPLAY nor WAYLAND_DISPLAY)')


def window_options(settings: Settings) -> dict[str, Any]:
    """What `ui.run` has to be told beside the rest."""
    size = remembered(settings.data_dir / SIZE_FILE)
    return {'native': True, 'window_size': (size.width, size.height)}


def _remember_size(app: App, settings: Settings) -> None:
    """Save it at each change, so that it is remembered however the app ends."""

    def save(event: NativeEventArguments) -> None:
        sized(event.args.get('width'), event.args.get('height')).save(settings.data_dir / SIZE_FILE)

    app.native.on('resized', save)


def _close(app: App) -> None:
    """The window ends with the app, however that ends; it is a process of its own."""
    if app.native.main_window is not None:
        app.native.main_window.destroy()


def _is_qt() -> bool:
    return sys.platform == 'linux' and find_spec('PySide6') is not None


log = logging.getLogger(__name__)

SMALLEST, LARGEST = 320, 8192  # pixels, either way


@dataclass(frozen=True, slots=True)
class WindowSize:
    """In the pixels of the screen, whatever its scale."""

    width: int = 1260
    height: int = 760

    def save(self, path: Path) -> None:
        """Write it down; a file that cannot be written is worth a line in the log, and nothing more."""
        try:
            path.write_text(json.dumps(asdict(self)))
        except OSError as error:
            log.warning('the size of the window is not remembered: %s', error)


def sized(width: object, height: object) -> WindowSize:
    """The size; the usual one if these are no numbers of pixels that a window may have."""
    if (
        isinstance(width, int)
        and isinstance(height, int)
        and SMALLEST <= min(width, height) <= max(width, height) <= LARGEST
    ):
        return WindowSize(width, height)
    return WindowSize()


def remembered(path: Path) -> WindowSize:
    """The size that was saved there; the usual one if none was, or the file is damaged."""
    try:
        saved = json.loads(path.read_text())
    except (OSError, ValueError):
        return WindowSize()
    return sized(saved.get('width'), saved.get('height')) if isinstance(saved, dict) else WindowSize()
