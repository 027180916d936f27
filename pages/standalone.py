"""A page that answers one request, outside of the single-page app."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import Client, ui
from starlette.requests import Request
from starlette.responses import Response

from app.ui.login_links import LoginLinks
from pages.theme import theme


def standalone(request: Request, build: Callable[[], None], status: int = 200) -> Response:
    """The page that `build` builds, with an HTTP status."""
    with Client(ui.page(''), request=request) as client:
        theme()
        LoginLinks()
        with ui.header().classes('bar items-center'), ui.link(target='/').classes('brand'):
            ui.icon('all_inclusive', size='1.75rem').props('aria-hidden=true')
            ui.label('Stay Signed In')
        with ui.column().classes('page'):
            build()
    return client.build_response(request, status)
