"""The error page, in our look: for every kind of failure what happened, and a way on."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from app.errors import AddressTooLong, AuthError
from app.errors.codes import by_code
from app.settings import Settings
from app.ui.notices import error_page as small
from app.ui.notices.notice import error_notice, show_notice
from app.ui.page_context import PageContext
from app.web.identity import known_prompt
from app.web.local_request import is_on_this_machine
from app.web.logout import LOGOUT_PATH
from app.web.return_to import HOME, return_path
from app.web.routes import LOGIN_PATH, login_path
from pages.standalone import standalone

DOCTOR_PATH = '/doctor'


def error_response(settings: Settings, request: Request, error: Exception) -> Response:
    """Answer a request with the error page, and write one line to the log."""
    doctor = _doctor(request, settings)
    return small.error_page(settings, request, error, frame=standalone, doctor=doctor, kept_at=_kept_at)


def error_page(context: PageContext) -> None:
    """The page `/error?code=...`: what the code means; `again` is the step that failed, if it was one of ours."""
    settings = context.app.settings
    doctor = _doctor(ui.context.client.request, settings)
    error, again = by_code(context.query.get('code', '')), _known_step(settings, context.query.get('again', ''))
    show_notice(error_notice(error, again, base=settings.base_url, prefix=settings.prefix, doctor=doctor))


def _doctor(request: Request, settings: Settings) -> str:
    """The path of its page, empty for who can't open it."""
    return DOCTOR_PATH if is_on_this_machine(request, settings) else ''


def _kept_at(error: AuthError, again: str) -> str:
    return f'/error?{urlencode({"code": error.code, "again": again})}'


def _known_step(settings: Settings, again: str) -> str:
    """The step, which anybody can have written into a link; else the plain sign-in."""
    if again == settings.step_path(LOGOUT_PATH):
        return again
    path, _, asked = again.partition('?')
    query = dict(parse_qsl(asked.partition('#')[0])) if path == settings.step_path(LOGIN_PATH) else {}
    try:
        back = return_path(query, settings.prefix)
    except AddressTooLong:
        back = HOME
    return settings.step_path(login_path(back, known_prompt(query.get('prompt'))))
