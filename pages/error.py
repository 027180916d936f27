"""The error page: for every kind of failure what happened, and a way on."""

from __future__ import annotations

import json
import logging
from urllib.parse import parse_qsl, urlencode, urlsplit

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from app.error_codes import by_code
from app.errors import (
    AddressTooLong,
    AppError,
    CsrfFailed,
    DefinitiveError,
    MisconfigurationError,
    SessionEnded,
    TransientError,
)
from app.settings import Settings
from app.ui.page_context import PageContext
from app.web.browser import browser_of
from app.web.identity import known_prompt
from app.web.local_request import is_on_this_machine
from app.web.logout import LOGOUT_PATH
from app.web.return_to import HOME, ROUTES, local_path, return_path
from app.web.routes import LOGIN_PATH, login_path
from pages.notice import notice
from pages.standalone import standalone

log = logging.getLogger(__name__)

DOCTOR_PATH, CALLBACK_PATH = '/doctor', '/callback'

# A provider that answers in the fragment, which no server sees (OAuth 2.0 Multiple Response Types §2.1): once more, in
# the query.
FROM_FRAGMENT = '<script>if (location.hash.length > 1) location.replace("?" + location.hash.slice(1))</script>'


def error_response(settings: Settings, request: Request, error: Exception) -> Response:
    """Answer a request with the error page, and write one line to the log."""
    assert isinstance(error, AppError)  # noqa: S101 - it is registered for no other
    log.warning('%s %s: %s: %s', request.method, request.url.path, error.code, error)
    again = _again(request)

    def build() -> None:
        show_error(error, again, base_url=settings.base_url, has_doctor=is_on_this_machine(request, settings))
        if request.url.path == CALLBACK_PATH and not request.url.query:
            ui.add_head_html(FROM_FRAGMENT)
        if _is_step(again):
            # A reload must not send the same answer once more, and nothing of it should stay in the history.
            there = f'{settings.base_path}/error?{urlencode({"code": error.code, "again": again})}'
            ui.run_javascript(f'history.replaceState(null, "", {json.dumps(there)})')

    return standalone(request, build, error.status)


def error_page(context: PageContext) -> None:
    """The page `/error?code=...`: what the code means; `again` is the step that failed, if it was one of ours."""
    settings = context.app.settings
    has_doctor = is_on_this_machine(ui.context.client.request, settings)
    again = _known_step(context.query.get('again', ''))
    show_error(by_code(context.query.get('code', '')), again, base_url=settings.base_url, has_doctor=has_doctor)


def show_error(
    error: AppError, again: str | None = None, *, base_url: str = '', has_doctor: bool = False, more: str = ''
) -> None:
    """The parts of the page; what the provider said is quoted as text.

    `again` is where what failed is tried again, below `base_url`. `has_doctor`: its page can be opened. `more` is what
    else there is to say.
    """
    icons = {TransientError: 'cloud_off', MisconfigurationError: 'build', SessionEnded: 'logout'}
    icon = next((name for kind, name in icons.items() if isinstance(error, kind)), 'report')
    title, text = _words(error, is_logout=again == LOGOUT_PATH)
    ways_on = [(label, base_url + target) for label, target in _ways_on(error, again, has_doctor)]
    notice(icon, title, f'{text} {more}'.rstrip(), *ways_on, ('Home', '/'))
    if error.description:
        with ui.element('blockquote'):
            ui.label(error.description[:500])
            ui.label('the sign-in service').classes('caption')
    with ui.row().classes('gap-1 caption'):
        ui.label('Error code')
        ui.label(error.code).props('data-testid=error-code')


def _words(error: AppError, *, is_logout: bool) -> tuple[str, str]:
    """What happened, and what to do. Who wanted to log out has to know first that they are not."""
    if not is_logout or isinstance(error, CsrfFailed):
        return error.title, error.advice
    advice = 'Wait a moment, then try again.' if isinstance(error, TransientError) else error.advice
    return 'You are still logged in', f'Logging out did not work. {error.title}. {advice}'


def _ways_on(error: AppError, again: str | None, has_doctor: bool) -> list[tuple[str, str]]:
    if again == LOGOUT_PATH and isinstance(error, CsrfFailed):
        return [('Log out', again)]
    if again is None or isinstance(error, CsrfFailed):
        return []
    if isinstance(error, DefinitiveError) and again != LOGOUT_PATH:
        return [('Log in', again)]
    doctor = [('Run the doctor', DOCTOR_PATH)] if has_doctor and isinstance(error, MisconfigurationError) else []
    return [*doctor, ('Try again', again)]


def _again(request: Request) -> str:
    """Where what failed is tried again: the logout, the page, or else the sign-in, with what was asked of it."""
    url = request.url
    if url.path == LOGOUT_PATH:
        return LOGOUT_PATH
    if request.method == 'GET' and url.path not in ROUTES:
        return local_path(f'{url.path}?{url.query}' if url.query else url.path)
    browser = browser_of(request)
    return login_path(browser.return_to, browser.prompt)


def _is_step(again: str) -> bool:
    """Whether it is a step of signing in or out, and no page."""
    return urlsplit(again).path in {LOGOUT_PATH, LOGIN_PATH}


def _known_step(again: str) -> str:
    """The step, which anybody can have written into a link; else the plain sign-in."""
    if again == LOGOUT_PATH:
        return again
    path, _, asked = again.partition('?')
    query = dict(parse_qsl(asked.partition('#')[0])) if path == LOGIN_PATH else {}
    try:
        back = return_path(query)
    except AddressTooLong:
        back = HOME
    return login_path(back, known_prompt(query.get('prompt')))
