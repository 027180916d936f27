"""What people see. To add a page, write a file here and add a line to `PAGES`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import app as nicegui_app
from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.app_context import AppContext
from app.errors import AuthError, SessionEnded
from app.native.system_browser import SystemBrowser
from app.ui.access.guards import requires_scope, signed_in
from app.ui.notices.notice import error_notice, show_notice
from app.ui.notices.small_page import ended_page
from app.ui.page_context import PageContext
from app.web.identity import identify
from app.web.local_request import is_on_this_machine
from app.web.routes import ELSEWHERE_PATH, login_url
from pages import logout
from pages.error import DOCTOR_PATH, error_response
from pages.page import Page
from pages.shell import shell
from pages.standalone import standalone
from pages.theme import theme

PAGES = (
    Page('/', 'Home', 'home', 'pages.home:home'),
    Page('/profile', 'Profile', 'person', 'pages.profile:profile', signed_in),
    Page('/session', 'Session', 'timelapse', 'pages.session:session', signed_in),
    Page('/api', 'API', 'api', 'pages.api:api', signed_in),
    Page('/admin', 'Admin', 'admin_panel_settings', 'pages.admin:admin', requires_scope('write:messages')),
    Page(DOCTOR_PATH, 'Doctor', 'troubleshoot', 'pages.doctor:doctor', in_navigation=False),
    Page(ELSEWHERE_PATH, 'Log in', 'login', 'pages.login_elsewhere:login_elsewhere', in_navigation=False),
    Page('/error', 'Error', 'report', 'pages.error:error_page', in_navigation=False),
)


def root_page(app_context: AppContext) -> Callable[[Request], Awaitable[Response | None]]:
    """The single-page app, for `ui.run`; registers what else shows something to people."""
    nicegui_app.add_exception_handler(AuthError, partial(error_response, app_context.settings))
    nicegui_app.on_page_exception(_show_page_exception)
    logout.register(nicegui_app, app_context)
    by_path, settings = {page.path: page for page in PAGES}, app_context.settings

    def absent_for(request: Request, outside: SystemBrowser | None) -> set[str]:
        """The pages that there are not."""
        absent = set() if outside else {ELSEWHERE_PATH}
        return absent if is_on_this_machine(request, app_context.settings) else {*absent, DOCTOR_PATH}

    def pages_for(context: PageContext, request: Request) -> list[Page]:
        """The pages that there are for who is looking."""
        absent = absent_for(request, context.outside)
        return [page for page in PAGES if page.path not in absent]

    async def head(request: Request) -> Response:
        """What the page would be answered with; nobody is seen there for it, and nothing is built."""
        who, page = await identify(request, app_context), by_path.get(request.url.path)
        if page is None or page.path in absent_for(request, app_context.outside(who.window_key)):
            return Response(status_code=404, media_type='text/html')
        if page.guard and who.session is None:
            if who.ended and who.ended.stays:
                return Response(status_code=SessionEnded.status, media_type='text/html')
            return RedirectResponse(login_url(settings, _path_and_query(request)), status_code=303)
        return Response(media_type='text/html')

    async def root(request: Request) -> Response | None:
        try:
            return await head(request) if request.method == 'HEAD' else await show(request)
        except AuthError as error:  # which NiceGUI would answer with 500, and no way on
            return error_response(app_context.settings, request, error)

    async def show(request: Request) -> Response | None:
        context, page = await PageContext.of(request, app_context), by_path.get(request.url.path)
        if page and page.guard and context.session is None:
            login = login_url(settings, _path_and_query(request))
            if context.ended and context.ended.stays:
                return ended_page(request, app_context, context.ended, login, frame=standalone)
            return RedirectResponse(login, status_code=303)
        shell(context, pages_for(context, request), may_look=page is not None and context.may_look_for_session())
        return None

    return root


def _show_page_exception(_: Exception) -> None:
    theme()
    with ui.column().classes('page'):
        show_notice(error_notice(AuthError()))


def _path_and_query(request: Request) -> str:
    """To the letter; `request.url.path` is decoded."""
    path = bytes(request.scope['raw_path']).decode('latin-1').partition('?')[0]
    return path + (f'?{request.url.query}' if request.url.query else '')
