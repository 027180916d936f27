"""The methods that our routes have beside `GET`: `HEAD` wherever there is that, `POST` where a provider answers so.

It uses the files of `app/web` beside it, and none of them uses it.
"""

from __future__ import annotations

from functools import partial

from starlette.routing import Route

from ...app_context import AppContext
from .form_post import FORM_POST_PATHS, form_post
from .head import Head


def table(app_context: AppContext) -> list[Route]:
    """Their routes; they come before those of `GET`, which would answer `HEAD` too."""
    post = partial(form_post, app_context.settings)
    return [
        *(Route(path, post, methods=['POST']) for path in FORM_POST_PATHS),
        *(Route(path, endpoint, methods=['HEAD']) for path, endpoint in Head(app_context).endpoints.items()),
    ]
