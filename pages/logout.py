"""The page that asks before it logs out, for those who come by a link."""

from __future__ import annotations

from fastapi import FastAPI
from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from app.app_context import AppContext
from app.errors import SubjectMismatch
from app.sessions.session import Session
from app.ui.logout_form import LogoutForm
from app.web.csrf import csrf_of
from app.web.identity import identify_visitor
from app.web.logout import LOGOUT_PATH
from pages.notice import notice
from pages.standalone import standalone

LIVES_ON = 'You may still be signed in at the sign-in service; if others use this browser, log out there as well.'


def register(app: FastAPI, app_context: AppContext) -> None:
    """Add the page to the app, beside the `POST` in `app/web/logout.py` (`ui.page` would take its place)."""

    async def logout(request: Request) -> Response:
        who, provider = await identify_visitor(request, app_context), app_context.provider
        ends_there = await provider.end_session_url(app_context.settings.post_logout_uri, None) is not None
        session = None if who.ended and who.ended.code == SubjectMismatch.code else who.kept

        def build() -> None:
            if session is None:
                _nobody('There is nothing left to do.')
            elif session.ended is None:
                _ask(app_context, session, ends_there=ends_there)
            elif ends_there:
                _ask_there(app_context, session)
            else:
                _nobody(LIVES_ON)

        return standalone(request, build)

    app.add_api_route(LOGOUT_PATH, logout, methods=['GET'], include_in_schema=False, response_model=None)


def logout_button(form: LogoutForm, look: str = '', text: str = 'Log out') -> None:
    """Logs out with one click; `look` is a class of the theme, in the bar there is none."""
    props = f'type=submit flat no-caps data-testid=logout aria-label="{text}"'
    with form, ui.button(color=None).props(props).classes(look):
        ui.icon('logout', size='1.5rem').props('aria-hidden=true')
        ui.label(text).classes('' if look else 'word')


def after_logout(app_context: AppContext) -> str:
    """What is to be added to the word that somebody is logged out."""
    return '' if app_context.provider.ends_sessions else LIVES_ON


def _ask(app_context: AppContext, session: Session, *, ends_there: bool) -> None:
    where = 'in all tabs of this browser, and at the sign-in service.' if ends_there else 'in all tabs of this browser.'
    notice('logout', 'Log out?', f'This logs you out {where}' + ('' if ends_there else f' {LIVES_ON}'))
    with ui.row().classes('gap-4 items-center'):
        logout_button(LogoutForm(csrf_of(app_context), session), 'action')
        ui.link('Stay logged in', '/')


def _ask_there(app_context: AppContext, session: Session) -> None:
    notice('logout', 'You are logged out here', 'You may still be signed in at the sign-in service.')
    with ui.row().classes('gap-4 items-center'):
        logout_button(LogoutForm(csrf_of(app_context), session), 'action', 'Log out there too')
        ui.link('Home', '/')


def _nobody(text: str) -> None:
    notice('logout', 'You are logged out already', text, ('Home', '/'), ('Log in', '/login'))
