"""The methods that our routes have beside `GET`: `HEAD` wherever there is that, `POST` where a provider answers so.

And `GET` before anybody has clicked, which takes no step.

It uses the files of `app/web` beside it, and none of them uses it.
"""

from __future__ import annotations

from functools import partial

from starlette.routing import BaseRoute, Route

from ...app_context import AppContext
from ...settings import TICKET_PATH, WINDOW_PATH
from ..logout import LOGOUT_PATH
from .form_post import FORM_POST_PATHS, form_post
from .head import Head
from .prefetch import InAdvance

STEPS = ('/login', '/callback', LOGOUT_PATH, WINDOW_PATH, TICKET_PATH + '/{ticket}')  # of signing in and out


def table(app_context: AppContext) -> list[BaseRoute]:
    """Their routes; they come before those of `GET`, which would answer `HEAD` too."""
    post = partial(form_post, app_context.settings)
    return [
        InAdvance(STEPS),
        *(Route(path, post, methods=['POST']) for path in FORM_POST_PATHS),
        *(Route(path, endpoint, methods=['HEAD']) for path, endpoint in Head(app_context).endpoints.items()),
    ]
