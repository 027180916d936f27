"""What people see. To add a page, write a file here and add a line to `PAGES`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import app as nicegui_app
from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.browser import Browser
from app.errors import AppError
from app.routes import login_path
from app.services import Services
from pages import logout
from pages.error import error_page, error_response, show_error
from pages.home import home
from pages.page import Page
from pages.profile import profile
from pages.shell import shell
from pages.theme import theme
from pages.visit import Visit

PAGES = (
    Page('/', 'Home', 'home', home),
    Page('/profile', 'Profile', 'person', profile, needs_sign_in=True),
    Page('/error', 'Error', 'report', error_page, in_navigation=False),
)


def root_page(services: Services) -> Callable[[Request], Awaitable[Response | None]]:
    """The single-page app, for `ui.run`; registers what else shows something to people."""
    nicegui_app.add_exception_handler(AppError, error_response)
    nicegui_app.on_page_exception(_show_page_exception)
    logout.register(nicegui_app, services.csrf)
    by_path = {page.path: page for page in PAGES}

    async def root(request: Request) -> Response | None:
        browser, now = Browser(request), services.clock.now()
        browser.visit(now)
        session = await services.present_session(browser.session_id)
        page = by_path.get(request.url.path)
        if page and page.needs_sign_in and session is None:
            return RedirectResponse(login_path(_path_and_query(request)), status_code=303)
        visit = Visit(services, session, services.csrf.token(browser.id))
        may_look = page is not None and session is None and browser.may_look_for_session(now)
        after_logout = session is None and browser.was_logged_out()
        shell(visit, PAGES, looking_as=browser.id if may_look else None, after_logout=after_logout)
        return None

    return root


def _show_page_exception(_: Exception) -> None:
    theme()
    with ui.column().classes('page'):
        show_error(AppError())


def _path_and_query(request: Request) -> str:
    return request.url.path + (f'?{request.url.query}' if request.url.query else '')
