"""The methods that our routes have beside `GET`: `HEAD` wherever there is that, `POST` where a provider answers so.

And `GET` before anybody has clicked, which takes no step.

It uses the files of `app/web` beside it, and none of them uses it.
"""

from __future__ import annotations

from functools import partial

from starlette.routing import BaseRoute, Route

from ...app_context import AppContext
from ...settings import TICKET_PATH, WINDOW_PATH
from ..routes import STEPS
from .form_post import FORM_POST_PATHS, form_post
from .head import Head
from .prefetch import InAdvance

NOT_IN_ADVANCE = (*STEPS, WINDOW_PATH, TICKET_PATH + '/{ticket}')


def table(app_context: AppContext) -> list[BaseRoute]:
    """Their routes; they come before those of `GET`, which would answer `HEAD` too."""
    post = partial(form_post, app_context.settings)
    return [
        InAdvance(NOT_IN_ADVANCE),
        *(Route(path, post, methods=['POST']) for path in FORM_POST_PATHS),
        *(Route(path, endpoint, methods=['HEAD']) for path, endpoint in Head(app_context).endpoints.items()),
    ]
