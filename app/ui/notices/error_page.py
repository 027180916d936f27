"""How a request is answered that failed: what happened, and where what failed is tried again."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from ...errors import AuthError, DefinitiveError, Denied
from ...settings import Settings
from ...web.browser import browser_of
from ...web.links import CALLBACK_PATH, LOGIN_PATH, LOGOUT_PATH, login_path, steps
from ...web.return_to import is_on_the_way, local_path
from .notice import error_notice
from .small_page import Frame, plain_frame, small_page

log = logging.getLogger(__name__)

# A provider that answers in the fragment, which no server sees (OAuth 2.0 Multiple Response Types §2.1): once more, in
# the query.
FROM_FRAGMENT = '<script>if (location.hash.length > 1) location.replace("?" + location.hash.slice(1))</script>'


def error_page(
    settings: Settings,
    request: Request,
    error: Exception,
    *,
    frame: Frame = plain_frame,
    doctor: str = '',
    kept_at: Callable[[AuthError, str], str] = lambda _, again: again,
) -> Response:
    """Answer a request with what went wrong, and write one line to the log.

    `kept_at` is the address of the page from then on, if a step of signing in or out has failed, which a reload must
    not send once more: by default where it is tried again. `doctor` as in `error_notice`.
    """
    assert isinstance(error, AuthError)  # noqa: S101 - it is registered for no other
    path = request.url.path.removeprefix(settings.base_path)
    log.warning('%s %s: %s: %s', request.method, path, error.code, error)
    again, base, prefix = _again(settings, request, path, error), settings.base_url, settings.prefix
    switch = settings.step_path(login_path(browser_of(request).return_to)) if is_step(again, prefix) else ''
    notice = error_notice(error, again, base=base, prefix=prefix, home=f'{base}/', doctor=doctor, switch=switch)

    def build() -> None:
        if is_callback(settings, path) and not request.url.query:
            ui.add_head_html(FROM_FRAGMENT)
        if is_step(again, prefix):  # nothing of it should stay in the history either
            there = settings.base_path + kept_at(error, again)
            ui.run_javascript(f'history.replaceState(null, "", {json.dumps(there)})')

    return small_page(request, notice, error.status, frame=frame, build=build)


def is_step(again: str, prefix: str = '') -> bool:
    """Whether it is a step of signing in or out, and no page."""
    return urlsplit(again).path in {prefix + LOGOUT_PATH, prefix + LOGIN_PATH}


def is_callback(settings: Settings, path: str) -> bool:
    """Whether this is the redirect URI of a sign-in."""
    return path in {settings.step_path(step) for step in steps(settings) if step.startswith(CALLBACK_PATH)}


def _again(settings: Settings, request: Request, path: str, error: AuthError) -> str:
    """Where what failed is tried again: the logout, the page, or else the sign-in, with what was asked of it.

    At the same provider, unless that is what may have to be another one.
    """
    if path == (logout := settings.step_path(LOGOUT_PATH)):
        return logout
    if request.method == 'GET' and not is_on_the_way(path, settings.prefix):
        return local_path(f'{path}?{request.url.query}' if request.url.query else path, settings.prefix)
    browser = browser_of(request)
    provider, asked = browser.provider, browser.asked
    if isinstance(error, DefinitiveError):
        provider, asked = None, {name: value for name, value in asked.items() if name != 'provider'}
    if isinstance(error, Denied):  # else the provider says the same of them again; a wish was for who was denied
        return settings.step_path(login_path(browser.return_to, 'login', provider))
    return settings.step_path(login_path(browser.return_to, browser.prompt, provider, asked))
