"""A whole page with one notice on it, which answers a request with a status."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from html import escape

from nicegui import Client, ui
from starlette.requests import Request
from starlette.responses import Response

from ...app_context import AppContext
from ...errors import SessionEnded
from ...errors.codes import by_code
from ...sessions.session import Session
from ..login_links import LoginLinks
from .notice import CSS, Notice, error_notice, show_notice
from .texts import page_options, texts

Frame = Callable[[], AbstractContextManager[object]]  # what is around the notice; it is built inside of it


@contextmanager
def plain_frame() -> Iterator[None]:
    """A card in the middle, with the colors that the app gives all its pages, light or dark as those are."""
    ui.add_css(CSS)
    title, text = escape(texts['needs_script_title']), escape(texts['needs_script'])
    ui.add_body_html(f'<noscript><div role="alert"><h1>{title}</h1><p>{text}</p></div></noscript>')
    with ui.element('div').classes('ssi-page'), ui.element('div').classes('ssi-card'):
        yield


def small_page(
    request: Request,
    notice: Notice,
    status: int = 200,
    *,
    frame: Frame = plain_frame,
    build: Callable[[], object] = lambda: None,
) -> Response:
    """The page of this notice; `build` adds to it."""
    with Client(ui.page('', title=notice.title, **page_options()), request=request) as client:
        LoginLinks()
        with frame():
            show_notice(notice)
            build()
    return client.build_response(request, status)


def ended_page(
    request: Request, app_context: AppContext, ended: Session, login_url: str, *, frame: Frame = plain_frame
) -> Response:
    """In the place of a page that is for those who are signed in: why somebody is so no more, and Log in; 401."""
    error, provider = by_code(ended.ended.code if ended.ended else ''), app_context.provider_of(ended)
    ends_there = provider is not None and provider.ends_sessions
    is_logout = error.code == SessionEnded.code
    more = texts['lives_on'] if is_logout and not ends_there else ''
    home = f'{app_context.settings.base_url}/'
    return small_page(request, error_notice(error, login_url, home=home, more=more), SessionEnded.status, frame=frame)
