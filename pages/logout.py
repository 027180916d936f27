"""The page that asks before it logs out, for those who come by a link."""

from __future__ import annotations

from fastapi import FastAPI
from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from app.app_context import AppContext
from app.sessions.session import Session
from app.ui.logout_form import LogoutForm
from app.web.csrf import Csrf, csrf_of
from app.web.identity import identify
from pages.notice import notice
from pages.standalone import standalone


def register(app: FastAPI, app_context: AppContext) -> None:
    """Add the page to the app, beside the `POST` in `app/web/routes.py` (`ui.page` would take its place)."""

    async def logout(request: Request) -> Response:
        if request.method == 'HEAD':
            return Response(media_type='text/html')
        session = (await identify(request, app_context)).session
        return standalone(request, lambda: _ask(csrf_of(app_context), session) if session else _nobody())

    app.add_api_route('/logout', logout, methods=['GET', 'HEAD'], include_in_schema=False, response_model=None)


def logout_button(form: LogoutForm, look: str = '') -> None:
    """Logs out with one click; `look` is a class of the theme, in the bar there is none."""
    props = 'type=submit flat no-caps data-testid=logout aria-label="Log out"'
    with form, ui.button(color=None).props(props).classes(look):
        ui.icon('logout', size='1.5rem').props('aria-hidden=true')
        ui.label('Log out').classes('' if look else 'word')


def _ask(csrf: Csrf, session: Session) -> None:
    notice('logout', 'Log out?', 'This logs you out in all tabs of this browser, and at the sign-in service.')
    with ui.row().classes('gap-4 items-center'):
        logout_button(LogoutForm(csrf, session), 'action')
        ui.link('Stay logged in', '/')


def _nobody() -> None:
    notice('logout', 'You are logged out already', 'There is nothing left to do.', ('Home', '/'), ('Log in', '/login'))
