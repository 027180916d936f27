"""The line above the page that says when something is not as it should be, and what to do."""

from __future__ import annotations

import json

from nicegui import ui

from app.renewal.silent_frame import SilentFrame
from app.renewal.silent_sign_in import silent_sign_in
from pages.visit import Visit


def banner(visit: Visit) -> None:
    """Empty while all is well."""
    with ui.element('div').props('role=status aria-live=polite').classes('w-full') as place:
        pass
    signed_in_at_first = visit.session is not None

    def update() -> None:
        place.clear()
        error = visit.tab.renewer.error if visit.tab else None
        with place:
            if visit.state == 'retrying' and error:
                _line('sync_problem', f'{error.title}. You are still signed in; it is tried again by itself.')
            elif visit.state == 'sign-in-needed' and error:
                _line('error', f'{error.title}. {error.advice}', ('Sign in again', visit.login_url))
            elif visit.state == 'signed-out' and signed_in_at_first:
                _line('logout', 'You are signed out, in all tabs of this browser.')

    visit.follow(update)


def checking(visit: Visit, browser_id: str) -> None:
    """Say that a session is looked for, look for it once the browser is connected, and sign in if there is one."""
    services, client = visit.services, ui.context.client
    frame = SilentFrame(services.settings.silent_timeout)
    with ui.element('div').classes('banner').props('role=status data-testid=checking') as line:
        ui.spinner(size='1.25rem')
        ui.label('Checking for a session...')

    async def look() -> None:
        client.connect_handlers.remove(look)
        path = await silent_sign_in(
            frame,
            provider=services.provider,
            store=services.store,
            clock=services.clock,
            redirect_uri=services.silent_uri,
            browser=browser_id,
            return_to=client.sub_pages_router.current_path,
        )
        if client.is_deleted:
            return
        if path is None:
            line.delete()
        else:
            ui.run_javascript(f'location.replace({json.dumps(path)})')

    client.on_connect(look)


def _line(icon: str, text: str, action: tuple[str, str] | None = None) -> None:
    with ui.element('div').classes('banner').classes('urgent' if action else ''):
        ui.icon(icon, size='1.5rem').props('aria-hidden=true')
        ui.label(text).classes('col')
        if action:
            ui.link(action[0], action[1]).classes('action')
