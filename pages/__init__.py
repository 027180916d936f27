"""What people see. To add a page, write a file here and add a line to `PAGES`."""

from __future__ import annotations

from nicegui import app as nicegui_app
from nicegui import ui

from app import AuthError
from pages import error, inside
from pages.auth import auth
from pages.page import Page
from pages.shell import shell_of
from pages.theme import theme

PAGES = (
    Page('/', 'Home', 'home', 'pages.home:home', is_open=True),
    Page('/profile', 'Profile', 'person', 'pages.profile:profile'),
    Page('/session', 'Session', 'timelapse', 'pages.session:session'),
    Page('/api', 'API', 'api', 'pages.api:api'),
    Page('/admin', 'Admin', 'admin_panel_settings', 'pages.admin:admin', scope='write:messages'),
    Page(inside.DOCTOR_PATH, 'Doctor', 'troubleshoot', 'pages.doctor:doctor', is_open=True, in_navigation=False),
    Page(
        inside.ELSEWHERE_PATH,
        'Log in',
        'login',
        'pages.login_elsewhere:login_elsewhere',
        is_open=True,
        in_navigation=False,
    ),
    Page('/error', 'Error', 'report', 'pages.error:error_page', is_open=True, in_navigation=False),
)


def add_pages() -> None:
    """Let each path be answered with the whole app, which shows this page first."""
    for page in PAGES:
        for path in {page.path, f'{page.path.rstrip("/")}/'}:
            auth.page(path, optional=page.is_open)(shell)
    error.register()
    inside.answer_head({page.path: page.is_open for page in PAGES})
    nicegui_app.on_page_exception(_show_page_exception)


def shell() -> None:
    """The single-page app: all pages that there are for who is looking."""
    absent = inside.absent_pages()
    shell_of([page for page in PAGES if page.path not in absent])


def _show_page_exception(_: Exception) -> None:
    theme()
    with ui.column().classes('page'):
        inside.show_error(AuthError())
