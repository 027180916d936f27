"""The methods that our routes have beside `GET`: `HEAD` wherever there is that, `POST` where a provider answers so.

And `GET` before anybody has clicked, which takes no step.

It uses the files of `app/web` beside it, and none of them uses it.
"""

from __future__ import annotations

from fastapi import FastAPI

from ...app_context import AppContext
from ...settings import TICKET_PATH, WINDOW_PATH
from ..logout import LOGOUT_PATH
from .form_post import FORM_POST_PATHS, form_post
from .head import Head
from .prefetch import InAdvance

STEPS = ('/login', '/callback', LOGOUT_PATH, WINDOW_PATH, TICKET_PATH + '/{ticket}')  # of signing in and out


def register(app: FastAPI, app_context: AppContext) -> None:
    """Add them to the app, which has the routes."""
    app.router.routes.insert(0, InAdvance(STEPS))
    for path in FORM_POST_PATHS:
        app.add_api_route(path, form_post, methods=['POST'], include_in_schema=False, response_model=None)
    for path, endpoint in Head(app_context).endpoints.items():
        app.add_api_route(path, endpoint, methods=['HEAD'], include_in_schema=False, response_model=None)
