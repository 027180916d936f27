"""Somebody's app that uses this sign-in: a header, a ticking timer, a dialog, a notification, and things to type."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent.parent))

from urllib.parse import urlsplit

import nicegui
from nicegui import ui
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import Auth, AuthError

POLICY = os.environ.get('HOST_POLICY', '')


class OwnPolicy:
    """The host's own Content-Security-Policy, if it has one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_on(message: Message) -> None:
            if message['type'] == 'http.response.start' and POLICY:
                MutableHeaders(scope=message).setdefault('Content-Security-Policy', POLICY)
            await send(message)

        await self._app(scope, receive, send_on)


url = os.environ['BASE_URL']
auth = Auth(base_url=url, data_dir=os.environ['DATA_DIR'])
nicegui.app.add_middleware(OwnPolicy)


@auth.page('/', optional=True)
def home() -> None:
    with ui.header().props('data-testid=header'):
        ui.label('Somebody’s app')
    if auth.user is None:
        show_to_visitors()
    else:
        show_to(auth.user.name)


@ui.page('/late')
def late() -> None:
    """It is somebody's page, and has asked for nobody before its browser was there."""
    tick('Somebody’s balance is')
    ui.timer(0, lambda: auth.user, once=True)


@ui.page('/news')
def news() -> None:
    """It shows nothing of the person."""
    tick('News')


@auth.page('/private')
def private() -> None:
    ui.label('Something private')


@auth.page('/admins', role='owner')
def admins() -> None:
    ui.label('The numbers')


@auth.page('/greeting', optional=True)
def greeting() -> None:
    """It shows by itself who comes and goes."""
    auth.login_button('Log in in a window', in_window=True)
    label = ui.label().props('data-testid=greeting')
    auth.on_change(lambda: label.set_text(f'Hello {auth.user.name if auth.user else "stranger"}'))


def show_to_visitors() -> None:
    auth.login_button()
    auth.login_button('Log in in a window', in_window=True)
    tick('Tick')


def show_to(name: str) -> None:
    tick(f'The balance of {name} is')
    ui.input('Note')
    ui.button('Renew', on_click=renew)
    with ui.dialog() as dialog, ui.card():
        ui.label(f'Details of {name}')
        ui.input('In the dialog')
    ui.button('Open', on_click=dialog.open)
    ui.button('Notify', on_click=lambda: ui.notify(f'A word to {name}', timeout=0))
    with ui.left_drawer(value=False):
        ui.label(f'Drawer of {name}')
    with ui.footer():
        auth.logout_button()


def tick(text: str) -> None:
    numbers = count()
    label = ui.label().props('data-testid=ticks')
    ui.timer(0.1, lambda: label.set_text(f'{text} {next(numbers)}'))


async def renew() -> None:
    with suppress(AuthError):  # the banner says it
        await auth.renew()


ui.run(host='localhost', port=urlsplit(url).port, reload=False, show=False, dark=None, show_welcome_message=False)
