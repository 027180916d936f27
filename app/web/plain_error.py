"""How a failed step of signing in or out is answered where the app has no page for it."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ..errors import AuthError, CsrfFailed
from ..texts import texts
from .links import LOGOUT_PATH
from .middleware import route_path

log = logging.getLogger(__name__)


def plain_error(request: Request, error: Exception) -> Response:
    """What happened and what to do, as plain text; one line goes to the log."""
    assert isinstance(error, AuthError)  # noqa: S101 - it is registered for no other
    log.warning('%s %s: %s: %s', request.method, request.url.path, error.code, error)
    lines = [f'{texts.title(error)}.', texts.advice(error), texts.say('error_code_line', code=error.code)]
    if route_path(request.scope) == LOGOUT_PATH and not isinstance(error, CsrfFailed):
        lines.insert(0, texts['still_logged_in_sentence'])
    return PlainTextResponse('\n'.join(lines), error.status, headers={'Cache-Control': 'no-store'})
