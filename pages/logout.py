"""The page that asks before it logs out, in our look."""

from __future__ import annotations

from fastapi import FastAPI

from app.app_context import AppContext
from app.ui.notices.logout_page import LogoutPage
from app.web.logout import LOGOUT_PATH
from pages.standalone import standalone


def register(app: FastAPI, app_context: AppContext) -> None:
    """Add the page to the app, beside the `POST` in `app/web/logout.py` (`ui.page` would take its place)."""
    page = LogoutPage(app_context, standalone)
    path = app_context.settings.step_path(LOGOUT_PATH)
    app.add_api_route(path, page.answer, methods=['GET'], include_in_schema=False, response_model=None)
