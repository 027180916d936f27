"""The methods that our routes have beside `GET`: `HEAD` wherever there is that, `POST` where a provider sends a form.

And `GET` before anybody has clicked, which takes no step.

It uses the files of `app/web` beside it, and none of them uses it.
"""

from __future__ import annotations

from functools import partial

from starlette.routing import BaseRoute, Route

from ...app_context import AppContext
from ...settings import TICKET_PATH, WINDOW_PATH
from ..links import CALLBACK_PATH, LOGIN_PATH, SILENT_PATH, steps
from .form_post import form_post
from .head import Head
from .initiated_login import initiated_login
from .prefetch import InAdvance


def table(app_context: AppContext, left_out: frozenset[str] = frozenset()) -> list[BaseRoute]:
    """Their routes; they come before those of `GET`, which would answer `HEAD` too. None is at a path `left_out`."""
    settings = app_context.settings
    not_in_advance = (*steps(settings), WINDOW_PATH, TICKET_PATH + '/{ticket}')
    redirect_paths = [path for path in steps(settings) if path.startswith((CALLBACK_PATH, SILENT_PATH))]
    post, heads = partial(form_post, app_context), Head(app_context).endpoints
    return [
        InAdvance(path for path in not_in_advance if path not in left_out),
        *(Route(path, post, methods=['POST']) for path in redirect_paths),
        Route(LOGIN_PATH, partial(initiated_login, settings), methods=['POST']),
        *(Route(path, heads[path], methods=['HEAD']) for path in heads if path not in left_out),
    ]
