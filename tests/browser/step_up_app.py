"""An app whose pages and buttons want a recent sign-in, with a clock that can be moved: its own, and the demo's."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from nicegui import app as nicegui_app
from nicegui import ui

from app import Auth
from app.testing.clock import MovableClock
from tests.provider import WITH_TIME

clock = MovableClock()
import_module('app.auth').Clock = lambda: clock  # type: ignore[attr-defined]
for name in WITH_TIME:
    import_module(f'app.demo.{name}').time = SimpleNamespace(time=clock.now)  # type: ignore[attr-defined]

url = os.environ['BASE_URL']
auth = Auth(base_url=url, data_dir=os.environ['DATA_DIR'], demo_token_lifetime=3600)


@nicegui_app.get('/move')
async def move(seconds: float) -> None:
    clock.move(seconds)


@auth.page('/')
def home() -> None:
    ui.input('Note')
    ui.button('Pay', on_click=pay)


@auth.require(max_age=60)
def pay() -> None:
    ui.notify('Paid')


@auth.page('/safe', max_age=60)
def safe() -> None:
    ui.label('What is in the safe')


ui.run(host='127.0.0.1', port=int(url.rpartition(':')[2]), show=False, reload=False)
