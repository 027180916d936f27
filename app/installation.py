"""Puts sign-in into an app: its middleware, what answers its errors, and what happens at the start and the end."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from nicegui import app as nicegui_app
from starlette.requests import Request
from starlette.responses import Response

from .errors import AuthError, SettingsError
from .serving import Serving
from .ui.access.gate import TurnedAway, turned_away
from .ui.access.watched import watch_connected
from .ui.present import socket_visit
from .web.asgi.sign_in import SignIn
from .web.links import steps
from .web.start_up import open_while_serving, or_end

SECOND = (
    'Auth: there is one in this app already; make one only, and import it where it is needed (the file that is run is '
    'made twice if another one imports it)'
)
AGAIN = (
    'Auth: is made anew for each visitor, since this script has elements outside of a page; put them into a function, '
    'as ui.run(root) or @ui.page has it'
)


def install(app: FastAPI, serving: Serving, show_error: Callable[[Request, Exception], Response]) -> None:
    """Put it in, unless it is there. Raises `SettingsError` if another one is."""
    if _is_in(app, serving):
        return
    is_first, serving.app = serving.app is None, app
    for one in (app, nicegui_app):
        one.add_exception_handler(AuthError, show_error)
        one.add_exception_handler(TurnedAway, turned_away)
    app.add_middleware(
        SignIn,
        opened=serving.opened,
        socket_visit=socket_visit,
        steps=tuple(serving.settings.step_path(step) for step in steps(serving.settings)),
        names_others=serving.is_guest,
    )
    open_while_serving(app, serving.lifespan)
    if is_first:
        _start_and_end_with_nicegui(serving)


def _is_in(app: FastAPI, serving: Serving) -> bool:
    """Whether it is in this app. Raises `SettingsError` if another one is: two would fight over cookies and files."""
    there = [one.kwargs['opened'] for one in app.user_middleware if getattr(one.cls, '__name__', '') == SignIn.__name__]
    if there and serving.opened not in there:
        raise SettingsError(AGAIN if nicegui_app.is_started else SECOND)
    return bool(there)


def _start_and_end_with_nicegui(serving: Serving) -> None:
    """Below `ui.run_with` without `install` nobody enters the lifespan of the app that it stands in."""
    nicegui_app.on_startup(lambda: or_end(serving.start_unless_begun))
    nicegui_app.on_shutdown(serving.end_renewals)
    if serving.is_guest:
        nicegui_app.on_connect(watch_connected)
