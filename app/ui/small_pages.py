"""Small whole pages that answer one request in the place of the one that was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import Client, ui
from starlette.requests import Request
from starlette.responses import Response


def small_page(request: Request, title: str, text: str, ways_on: Sequence[tuple[str, str]], status: int) -> Response:
    """A title, a text, and links that lead on, with an HTTP status."""
    with Client(ui.page(''), request=request) as client, ui.column().classes('absolute-center items-center'):
        ui.label(title).classes('text-h5').props('role=heading aria-level=1')
        ui.label(text)
        with ui.row():
            for label, target in ways_on:
                ui.link(label, target)
    return client.build_response(request, status)
