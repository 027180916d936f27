"""The line above the page that says when something is not as it should be, and what to do."""

from __future__ import annotations

import json

from nicegui import ui

from app.ui.notices.banner import Lines, draw_actions
from app.ui.silent_frame import SilentFrame
from app.web.return_to import local_path
from pages import inside


def banner() -> None:
    """Show nothing while all is well."""
    inside.banner(_draw)


def _draw(lines: Lines) -> None:
    for line in lines:
        with ui.element('div').classes('banner').classes('urgent' if line.actions else ''):
            ui.icon(line.icon, size='1.5rem').props('aria-hidden=true')
            ui.label(line.text).classes('col')
            draw_actions(line.actions)


def checking() -> None:
    """Say that a session is looked for, look for it once the browser is connected, and sign in if there is one."""
    context, client = inside.page_context(), ui.context.client
    settings = context.app.settings
    frame = SilentFrame(settings.silent_timeout)
    with ui.element('div').classes('banner').props('role=status data-testid=checking') as line:
        ui.spinner(size='1.25rem')
        ui.label('Checking for a session...')

    async def sign_in_silently() -> None:
        client.connect_handlers.remove(sign_in_silently)
        provider, back = context.app.providers.only, local_path(context.path, settings.prefix)
        path = await context.framed_sign_in(back, provider).silent(frame) if provider else None
        if client.is_deleted:
            return
        if path is None:
            line.delete()
        else:
            ui.run_javascript(f'location.replace({json.dumps(settings.base_url + path)} + location.hash)')

    client.on_connect(sign_in_silently)
