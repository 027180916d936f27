"""Somebody's app that uses this sign-in: a header, a ticking timer, a dialog, a notification, and things to type."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

import nicegui
from nicegui import ui
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import Auth
from app.errors import AppError
from app.ui.buttons import login_button, logout_button
from app.ui.notices.error_page import error_page
from app.ui.notices.logout_page import LogoutPage
from app.ui.notices.notice import forbidden
from app.ui.notices.small_page import ended_page, small_page
from app.ui.notices.watch import watch
from app.ui.page_context import PageContext

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


auth = Auth()
nicegui.app.add_middleware(OwnPolicy)
auth.install(nicegui.app)
nicegui.app.add_exception_handler(AppError, partial(error_page, auth.context.settings))
nicegui.app.add_api_route('/logout', LogoutPage(auth.context).answer, methods=['GET'], response_model=None)


@ui.page('/')
async def home(request: Request) -> None:
    context = await PageContext.of(request, auth.context)
    watch(context)
    with ui.header().props('data-testid=header'):
        ui.label('Somebody’s app')
    if context.session is None:
        show_to_visitors(context)
    else:
        show_to(str(context.session.claims['name']), context)


@ui.page('/late')
async def late(request: Request) -> None:
    """It is watched only once its browser is there."""
    context = await PageContext.of(request, auth.context)
    tick('Somebody’s balance is')
    ui.context.client.on_connect(lambda: watch(context))


@ui.page('/news')
async def news(request: Request) -> None:
    """It shows nothing of the person."""
    context = await PageContext.of(request, auth.context)
    watch(context, covers=False)
    tick('News')


@ui.page('/private')
async def private(request: Request) -> Response | None:
    context = await PageContext.of(request, auth.context)
    if context.session is None and context.ended:
        return ended_page(request, auth.context, context.ended, context.login_url)
    ui.label('Something private')
    return None


@ui.page('/admins')
async def admins(request: Request) -> Response:
    context = await PageContext.of(request, auth.context)
    notice = forbidden('Admins', role=['admin'], has=['reader'], login_url=context.login_as_another_url)
    return small_page(request, notice, 403)


def show_to_visitors(context: PageContext) -> None:
    login_button(context)
    login_button(context, 'Log in in a window', in_window=True)
    tick('Tick')


def show_to(name: str, context: PageContext) -> None:
    tick(f'The balance of {name} is')
    ui.input('Note')
    ui.button('Renew', on_click=lambda: renew(context))
    with ui.dialog() as dialog, ui.card():
        ui.label(f'Details of {name}')
        ui.input('In the dialog')
    ui.button('Open', on_click=dialog.open)
    ui.button('Notify', on_click=lambda: ui.notify(f'A word to {name}', timeout=0))
    with ui.left_drawer(value=False):
        ui.label(f'Drawer of {name}')
    with ui.footer():
        logout_button(context.logout_form())


def tick(text: str) -> None:
    numbers = count()
    label = ui.label().props('data-testid=ticks')
    ui.timer(0.1, lambda: label.set_text(f'{text} {next(numbers)}'))


async def renew(context: PageContext) -> None:
    with suppress(AppError):  # the banner says it
        if context.tab:
            await context.tab.live_session.renew()


ui.run(**auth.server_options(), dark=None, show_welcome_message=False)
