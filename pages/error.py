"""The error page: for every kind of failure what happened, and a way on."""

from __future__ import annotations

import json
import logging

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from app.error_codes import by_code
from app.errors import (
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
from app.web.local_request import is_on_this_machine
from app.web.routes import login_path
from pages.notice import notice
from pages.standalone import standalone

log = logging.getLogger(__name__)

DOCTOR_PATH, CALLBACK_PATH = '/doctor', '/callback'

# A provider that answers in the fragment, which no server sees (OAuth 2.0 Multiple Response Types §2.1): once more, in
# the query.
FROM_FRAGMENT = (
    f'<script>if (location.hash.length > 1) location.replace("{CALLBACK_PATH}?" + location.hash.slice(1))</script>'
)


def error_response(settings: Settings, request: Request, error: Exception) -> Response:
    """Answer a request with the error page, and write one line to the log."""
    assert isinstance(error, AppError)  # noqa: S101 - it is registered for no other
    log.warning('%s %s: %s: %s', request.method, request.url.path, error.code, error)

    def build() -> None:
        if request.url.path == CALLBACK_PATH and not request.url.query:
            ui.add_head_html(FROM_FRAGMENT)
        has_doctor = is_on_this_machine(request, settings)
        show_error(error, login_path(browser_of(request).return_to), has_doctor=has_doctor)
        # A reload must not send the same answer once more, and nothing of it should stay in the history.
        ui.run_javascript(f'history.replaceState(null, "", {json.dumps(f"/error?code={error.code}")})')

    return standalone(request, build, error.status)


def error_page(context: PageContext) -> None:
    """The page `/error?code=...`: what the code means."""
    settings = context.app.settings
    has_doctor = is_on_this_machine(ui.context.client.request, settings)
    login_url = f'{settings.base_url}{login_path("/")}'
    show_error(by_code(context.query.get('code', '')), login_url, has_doctor=has_doctor)


def show_error(error: AppError, login_url: str | None = None, *, has_doctor: bool = False) -> None:
    """The parts of the page; what the provider said is quoted as text. `has_doctor`: its page can be opened."""
    icons = {TransientError: 'cloud_off', MisconfigurationError: 'build', SessionEnded: 'logout'}
    icon = next((name for kind, name in icons.items() if isinstance(error, kind)), 'report')
    notice(icon, error.title, error.advice, *_ways_on(error, login_url, has_doctor), ('Home', '/'))
    if error.description:
        with ui.element('blockquote'):
            ui.label(error.description[:500])
            ui.label('the sign-in service').classes('caption')
    with ui.row().classes('gap-1 caption'):
        ui.label('Error code')
        ui.label(error.code).props('data-testid=error-code')


def _ways_on(error: AppError, login_url: str | None, has_doctor: bool) -> list[tuple[str, str]]:
    if login_url is None or isinstance(error, CsrfFailed):
        return []
    if isinstance(error, DefinitiveError):
        return [('Log in', login_url)]
    doctor = [('Run the doctor', DOCTOR_PATH)] if has_doctor and isinstance(error, MisconfigurationError) else []
    return [*doctor, ('Try again', login_url)]
