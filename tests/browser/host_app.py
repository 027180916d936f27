"""Somebody's app that uses this sign-in: a header, a ticking timer, a dialog, a notification, and things to type."""

from __future__ import annotations

import sys
from contextlib import suppress
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

import nicegui
from nicegui import ui
from starlette.requests import Request

from app import Auth
from app.errors import AppError
from app.ui.notices.watch import watch
from app.ui.page_context import PageContext

auth = Auth()
auth.install(nicegui.app)


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


def show_to_visitors(context: PageContext) -> None:
    ui.link('Log in', context.login_url)
    ui.button('Log in in a window').on('click', js_handler=context.sign_in_again_js())
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
    with ui.footer(), context.logout_form():
        ui.button('Log out').props('type=submit')


def tick(text: str) -> None:
    numbers = count()
    label = ui.label().props('data-testid=ticks')
    ui.timer(0.1, lambda: label.set_text(f'{text} {next(numbers)}'))


async def renew(context: PageContext) -> None:
    with suppress(AppError):  # the banner says it
        if context.tab:
            await context.tab.live_session.renew()


ui.run(**auth.server_options(), dark=None, show_welcome_message=False)
