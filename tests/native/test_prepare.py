"""What the window needs, and what it is told."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from nicegui import App

from app.errors import SettingsError
from app.native import window
from app.native.window import WindowSize, check_window, prepare_window, window_options
from app.settings import Settings

URL = 'http://localhost:8080/window?key=k'


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """A Linux machine with a display; what it has is what is in the set."""
    has = {'webview', 'PySide6'}
    monkeypatch.setattr(sys, 'platform', 'linux')
    monkeypatch.setattr(window, 'find_spec', lambda name: object() if name in has else None)
    monkeypatch.setenv('DISPLAY', ':1')
    monkeypatch.delenv('WAYLAND_DISPLAY', raising=False)
    monkeypatch.setenv('QTWEBENGINE_DISABLE_SANDBOX', '')
    monkeypatch.setenv('PYWEBVIEW_LOG', 'INFO')
    return has


@pytest.mark.parametrize('engine', ['PySide6', 'PyQt6', 'gi'])
def test_any_engine_will_do(here: set[str], engine: str) -> None:
    here.remove('PySide6')
    here.add(engine)
    check_window()


@pytest.mark.parametrize(('missing', 'named'), [('webview', 'pywebview'), ('PySide6', 'Qt or GTK')])
def test_what_is_missing_is_named_with_what_installs_it(here: set[str], missing: str, named: str) -> None:
    here.remove(missing)
    with pytest.raises(SettingsError, match=f'^NATIVE: the window needs {named}: make native'):
        check_window()


@pytest.mark.usefixtures('here')
def test_a_machine_without_a_display_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('DISPLAY')
    with pytest.raises(SettingsError, match=r'^NATIVE: there is no display'):
        check_window()
    monkeypatch.setenv('WAYLAND_DISPLAY', 'wayland-0')
    check_window()


@pytest.mark.usefixtures('here')
def test_the_window_keeps_its_cookies_where_only_its_owner_reads_them(tmp_path: Path) -> None:
    app, settings = App(), Settings(native=True, data_dir=tmp_path / 'data')
    prepare_window(app, settings, URL)
    storage = tmp_path / 'data/window'
    assert app.native.start_args == {'private_mode': False, 'storage_path': str(storage), 'gui': 'qt'}
    assert app.native.window_args == {'url': URL}
    assert storage.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures('here')
@pytest.mark.parametrize(('user', 'sandbox'), [(0, '1'), (1000, None)])
def test_only_root_goes_without_the_engines_sandbox(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: int, sandbox: str | None
) -> None:
    monkeypatch.delenv('QTWEBENGINE_DISABLE_SANDBOX')
    monkeypatch.setattr(os, 'geteuid', lambda: user)
    prepare_window(App(), Settings(native=True, data_dir=tmp_path), URL)
    assert os.environ.pop('QTWEBENGINE_DISABLE_SANDBOX', None) == sandbox


@pytest.mark.usefixtures('here')
def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / 'data').write_text('no folder')
    with pytest.raises(SettingsError, match=r'^DATA_DIR: '):
        prepare_window(App(), Settings(native=True, data_dir=tmp_path / 'data'), URL)


def test_the_window_has_its_size(tmp_path: Path) -> None:
    settings = Settings(native=True, data_dir=tmp_path)
    assert window_options(settings) == {'native': True, 'window_size': (1260, 760)}
    WindowSize(900, 700).save(tmp_path / 'window.json')
    assert window_options(settings)['window_size'] == (900, 700)
