"""An app that starts in a folder of its own, and asks nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app import Auth, Settings
from app.errors import SettingsError

KEY = 'k' * 40


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for module in ('auth', 'whole_app'):
        monkeypatch.setattr(f'app.{module}.nicegui_app', Unheard())


class Unheard:
    """NiceGUI's app, which calls none of its handlers here: no test leaves any behind."""

    def on_startup(self, _: Callable[[], Any]) -> None: ...

    def on_shutdown(self, _: Callable[[], Any]) -> None: ...

    def add_exception_handler(self, _: object, __: Callable[..., Any]) -> None: ...


def settings(**values: Any) -> Settings:
    return Settings.model_validate({'data_dir': Path('data'), **values})


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[FastAPI]:
    """The app from when the server starts until it ends."""
    app = FastAPI()
    Auth(settings=settings).install(app)
    async with app.router.lifespan_context(app):
        yield app


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def refusal(settings: Settings) -> str:
    """The one line that the start ends with."""
    with pytest.raises(SettingsError) as caught:
        async with serving(settings):
            pass
    assert '\n' not in str(caught.value)
    return str(caught.value)


def a_file(path: Path, text: str = '') -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def no_text(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b'\xff\xfe' * 100)
