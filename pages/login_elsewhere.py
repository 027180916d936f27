"""Logging in in the system's browser: what the window shows meanwhile."""

from __future__ import annotations

import json
import logging

from nicegui import ui

from app import AuthError
from app.errors import NoSystemBrowser
from app.web.links import login_path
from app.web.return_to import return_path
from pages import inside
from pages.auth import auth

log = logging.getLogger(__name__)


def login_elsewhere() -> None:
    """Opens the browser at once, and again on a click; goes on when it comes back, wherever it was opened from."""
    context = inside.page_context()
    settings, query = context.app.settings, context.query
    asked = context.asked
    provider = context.app.providers.named(asked.provider)
    return_to, prompt = return_path(query, settings.prefix, settings.base_url), context.prompt(asked.prompt)
    if auth.user is not None:  # who has signed in while this page was open, or has come back to it
        inside.say('login', 'You are logged in', 'This window goes on by itself.', [('Go on', return_to)])
        return
    waiting = 0
    view = ui.context.slot.parent
    with ui.column().classes('gap-4').props('role=status data-testid=elsewhere') as place:
        text = 'The sign-in has opened there. Once you are done, this window goes on by itself.'
        inside.say('open_in_browser', 'Go on in your browser', text)
        with ui.row().classes('gap-4 items-center'):
            ui.button('Open it again', on_click=lambda: begin(), color=None).props('unelevated no-caps').classes(
                'action'
            )
            ui.link('Cancel', return_to)

    async def wait() -> None:
        nonlocal waiting
        waiting += 1
        try:
            if (
                context.outside is None or provider is None
            ):  # the table of pages has none like this for any other browser
                raise NoSystemBrowser
            path = await context.sign_in_elsewhere(context.outside, asked, return_to, provider, prompt)
        except AuthError as error:
            log.warning('no sign-in in the browser of the system: %s: %s', error.code, error)
            waiting -= 1
            if waiting:  # it was opened again since
                return
            place.clear()
            with place:
                inside.show_error(error, settings.step_path(login_path(return_to, asked.prompt, asked=asked.query)))
        else:
            ui.run_javascript(f'location.replace({json.dumps(settings.base_url + path)})')

    def begin() -> None:
        with view:
            ui.timer(0, wait, once=True)  # it ends with the page: who left it is not taken away from where they are

    begin()
