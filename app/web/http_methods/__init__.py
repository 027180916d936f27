"""The methods that our routes have beside `GET`: `HEAD` wherever there is that, `POST` where a provider answers so.

It uses the files of `app/web` beside it, and none of them uses it.
"""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI

from ...app_context import AppContext
from .form_post import FORM_POST_PATHS, form_post
from .head import Head


def register(app: FastAPI, app_context: AppContext) -> None:
    """Add them to the app, which has the routes."""
    for path in FORM_POST_PATHS:
        app.add_api_route(
            path,
            partial(form_post, app_context.settings),
            methods=['POST'],
            include_in_schema=False,
            response_model=None,
        )
    for path, endpoint in Head(app_context).endpoints.items():
        app.add_api_route(path, endpoint, methods=['HEAD'], include_in_schema=False, response_model=None)
