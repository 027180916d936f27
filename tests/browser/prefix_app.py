"""Somebody's app that has a page `/login` itself, so that ours are below a prefix."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from nicegui import ui

from app import Auth

auth = Auth(prefix='/auth', data_dir=os.environ['DATA_DIR'], demo_token_lifetime=4)


@auth.page('/')
def home() -> None:
    name, until = ui.label().props('data-testid=name'), ui.label().props('data-testid=until')

    def show() -> None:
        if auth.user is not None:
            name.set_text(f'Hello {auth.user.name}')
            until.set_text(str(auth.user.expires_at))

    auth.on_change(show)
    auth.logout_button('Leave')


@auth.page('/login', optional=True)
def login() -> None:
    ui.label('Welcome to the app of somebody')
    auth.login_button('Come in')


ui.run(host='127.0.0.1', port=urlsplit(os.environ['BASE_URL']).port, reload=False, show=False)
