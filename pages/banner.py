"""The line above the page that says when something is not as it should be, and what to do."""

from __future__ import annotations

import json

from nicegui import ui

from app.errors import SessionEnded, SessionIdle, SessionTooOld, SilentTimeout, SubjectMismatch
from app.errors.codes import by_code
from app.renewal.events import Failure
from app.sessions.session import Ending
from app.ui.login_links import go_js
from app.ui.page_context import PageContext
from app.ui.silent_frame import SilentFrame
from app.web.identity import prompt_after
from app.web.return_to import local_path
from pages.live import draw_live, on_path_change
from pages.logout import after_logout
from pages.provider_message import provider_message

Action = tuple[str, str]  # what its button says, and the JavaScript that a click runs
Line = tuple[str, str, tuple[Action, ...]]  # icon, text, actions
Lines = tuple[Line, ...]


SAID_FOR = 600.0  # seconds after a logout in which pages say so; it may take a while at the provider


def banner(context: PageContext) -> None:
    """Show nothing while all is well."""

    def lines() -> Lines | None:
        # While it is tried again, what was said stays.
        return None if context.state == 'renewing' else _what_to_say(context)

    with ui.element('div').props('role=status aria-live=polite').classes('banners'):
        draw_live(lines, _draw, context.on_change, on_path_change)  # the links lead back to the page that is open


def _draw(lines: Lines) -> None:
    for line in lines:
        _line(*line)


def _what_to_say(context: PageContext) -> Lines:
    error = context.tab.live_session.error if context.tab else None
    if context.state == 'retrying' and error:
        cause = f' {error.advice}' if error.is_a(SilentTimeout) else ''
        if context.tab and context.tab.live_session.state.has_expired:
            text = (
                f'{error.title}, and the access token has expired. It is still tried again by itself; you can also log '
                f'in again.{cause} {provider_message(error)}'
            )
            return (('sync_problem', text.rstrip(), _ways_on(context, error)),)
        text = f'{error.title}. You are still logged in; it is tried again by itself.{cause} {provider_message(error)}'
        return (('sync_problem', text.rstrip(), ()),)
    if context.state == 'sign-in-needed' and error:
        text = f'{error.title}. {error.advice} {provider_message(error)}'.rstrip()
        return (('error', text, _ways_on(context, error)),)
    if context.state == 'signed-out' and context.tab:
        text = f'{error.title}.' if error else f'You are no longer logged in here. {after_logout(context.app)}'
        return (('logout', text.rstrip(), ()),)
    warning = context.tab.live_session.warning if context.tab else None
    if warning and warning.is_a(SessionIdle):
        return (('timer', 'You will be logged out within a minute, since nobody is here. Touch anything to stay.', ()),)
    if warning and warning.is_a(SessionTooOld):
        text = 'You will be logged out within a minute, since your session has lasted as long as it may.'
        return (('timer', text, (('Log in again', context.sign_in_again_js(_after_limit(context))),)),)
    if context.ended and context.ended.code == SessionEnded.code:
        is_recent = context.app.clock.now() - context.ended.at < SAID_FOR
        text = f'You are logged out, in all tabs of this browser. {after_logout(context.app)}'.rstrip()
        return (('logout', text, ()),) if is_recent else ()
    if context.ended:
        ended = by_code(context.ended.code)
        return (('logout', f'{ended.title}. {ended.advice}', ()),)
    return ()


def _after_limit(context: PageContext) -> str | None:
    """A sign-in in place of the end by a limit asks for as much as the one after it."""
    ended = Ending(SessionTooOld.code, context.app.clock.now())
    return prompt_after(ended, context.app.settings.login_after_limit)


def checking(context: PageContext) -> None:
    """Say that a session is looked for, look for it once the browser is connected, and sign in if there is one."""
    settings, client = context.app.settings, ui.context.client
    frame = SilentFrame(settings.silent_timeout)
    with ui.element('div').classes('banner').props('role=status data-testid=checking') as line:
        ui.spinner(size='1.25rem')
        ui.label('Checking for a session...')

    async def sign_in_silently() -> None:
        client.connect_handlers.remove(sign_in_silently)
        path = await context.framed_sign_in(local_path(context.path)).silent(frame, settings.silent_uri)
        if client.is_deleted:
            return
        if path is None:
            line.delete()
        else:
            ui.run_javascript(f'location.replace({json.dumps(context.app.settings.base_url + path)} + location.hash)')

    client.on_connect(sign_in_silently)


def _ways_on(context: PageContext, error: Failure) -> tuple[Action, ...]:
    if error.is_a(SubjectMismatch):
        switch = f'() => {{ {go_js(context.login_url)} }}'
        return ('Log in as yourself', context.sign_in_again_js(prompt='login')), ('Switch to them', switch)
    return (('Log in again', context.sign_in_again_js()),)


def _line(icon: str, text: str, actions: tuple[Action, ...]) -> None:
    with ui.element('div').classes('banner').classes('urgent' if actions else ''):
        ui.icon(icon, size='1.5rem').props('aria-hidden=true')
        ui.label(text).classes('col')
        for label, js in actions:
            # In the browser, since it lets a window open only while it handles the click itself.
            ui.button(label, color=None).props('unelevated no-caps').classes('action').on('click', js_handler=js)
