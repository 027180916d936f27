"""The error page, in our look: for every kind of failure what happened, and a way on."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from nicegui import app as nicegui_app
from starlette.requests import Request
from starlette.responses import Response

from app import AuthError
from app.errors import AddressTooLong
from app.errors.codes import by_code
from app.ui.notices import error_page as small
from app.web.links import LOGIN_PATH, LOGOUT_PATH, login_path
from app.web.local_request import is_on_this_machine
from app.web.return_to import HOME, return_path
from app.web.wishes.asked import asked_of
from pages import inside
from pages.standalone import standalone


def register() -> None:
    """Answer errors with a page that leads to the doctor, and keeps its address at `/error`."""
    nicegui_app.add_exception_handler(AuthError, error_response)


def error_response(request: Request, error: Exception) -> Response:
    """Answer a request with the error page, and write one line to the log."""
    settings = inside.app_context().settings
    doctor = inside.DOCTOR_PATH if is_on_this_machine(request, settings) else ''
    return small.error_page(settings, request, error, frame=standalone, doctor=doctor, kept_at=_kept_at)


def error_page() -> None:
    """The page `/error?code=...`: what the code means; `again` is the step that failed, if it was one of ours."""
    query = inside.page_context().query
    inside.show_error(by_code(query.get('code', '')), _known_step(query.get('again', '')))


def _kept_at(error: AuthError, again: str) -> str:
    return f'/error?{urlencode({"code": error.code, "again": again})}'


def _known_step(again: str) -> str:
    """The step, which anybody can have written into a link; else the plain sign-in."""
    settings = inside.app_context().settings
    if again == settings.step_path(LOGOUT_PATH):
        return again
    path, _, asked = again.partition('?')
    query = dict(parse_qsl(asked.partition('#')[0])) if path == settings.step_path(LOGIN_PATH) else {}
    try:
        back = return_path(query, settings.prefix)
    except AddressTooLong:
        back = HOME
    wished = asked_of(inside.app_context(), query)
    return settings.step_path(login_path(back, wished.prompt, asked=wished.query))
