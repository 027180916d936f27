"""What this app shows of the library's inside, and no other app needs: all that goes beyond its public names.

`tests/test_architecture.py` has the list of who in `pages` may look inside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import app as nicegui_app
from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import AuthError
from app.api.client import Api
from app.app_context import AppContext
from app.demo.demo import Demo
from app.oidc.id_token import claims_of
from app.renewal.live_session import LiveSession
from app.renewal.user_agents import OpenTab, distinct_tabs
from app.sessions.session import LOGOUTS
from app.ui.access.gate import path_and_query
from app.ui.notices.banner import Banner, Lines
from app.ui.notices.notice import Notice, Way, error_notice, show_notice
from app.ui.page_context import PageContext
from app.ui.present import present_page
from app.web.identity import Identity, identify
from app.web.links import ELSEWHERE_PATH as ELSEWHERE_PATH
from app.web.links import login_url
from app.web.local_request import is_on_this_machine
from app.web.middleware import is_plain as is_plain
from pages.auth import auth

DOCTOR_PATH = '/doctor'


def page_context() -> PageContext:
    """What the library knows of the page of this code."""
    context = present_page()
    assert context is not None  # noqa: S101 - every page here passed the middleware
    return context


# Which pages there are


def absent_pages() -> set[str]:
    """The paths that are no pages for who is looking."""
    return _absent(ui.context.client.request, is_window=page_context().outside is not None)


def _absent(request: Request, *, is_window: bool) -> set[str]:
    absent = set() if is_window else {ELSEWHERE_PATH}
    return absent if is_on_this_machine(request, auth.context.settings) else {*absent, DOCTOR_PATH}


def answer_head(pages: Mapping[str, bool]) -> None:
    """Answer `HEAD`, which NiceGUI's pages do not have, as `GET` would: `pages` are open, or not, by their path.

    Nobody is seen there for it, and nothing is built.
    """

    async def head(request: Request) -> Response:
        who = await identify(request, auth.context)
        path = request.url.path
        if path in _absent(request, is_window=auth.context.outside(who.window_key) is not None):
            return Response(status_code=404, media_type='text/html')
        return Response(media_type='text/html') if pages[path] or who.session else _turned_away(request, who)

    for path in pages:
        nicegui_app.add_route(path, head, methods=['HEAD'], include_in_schema=False)


def _turned_away(request: Request, who: Identity) -> Response:
    if who.ended and who.ended.stays:
        return Response(status_code=401, media_type='text/html')
    return RedirectResponse(login_url(auth.context.settings, path_and_query(request)), status_code=303)


# What is said in the library's words, in the look of this app


def show_error(error: AuthError, again: str | None = None) -> None:
    """What an error means; `again` is where what failed is tried again."""
    settings = auth.context.settings
    doctor = DOCTOR_PATH if is_on_this_machine(ui.context.client.request, settings) else ''
    show_notice(error_notice(error, again, base=settings.base_url, prefix=settings.prefix, doctor=doctor))


def say(icon: str, title: str, text: str, ways: Sequence[tuple[str, str]] = ()) -> None:
    """A heading, a sentence, and links: what they say, and where they lead."""
    show_notice(Notice(icon, title, text, tuple(Way(label, url) for label, url in ways)))


def banner(draw: Callable[[Lines], object]) -> None:
    """What the library says by itself of the session, drawn by this app."""
    Banner(page_context(), draw)


def is_logged_out() -> bool:
    """Whether nobody is signed in since somebody wished so."""
    context = page_context()
    error = context.tab.live_session.error if context.tab else None
    code = error.code if error else context.ended.code if context.ended else None
    return code in LOGOUTS


# What happens behind the scenes


def live_session() -> LiveSession:
    """The session of this page; somebody is signed in."""
    tab = page_context().tab
    assert tab is not None  # noqa: S101 - whoever is signed in on a page has a tab
    return tab.live_session


def demo() -> Demo | None:
    """The demo provider of whoever is signed in, or the first one; None with a real one."""
    session, demos = page_context().session, auth.context.demos
    return demos.get(session.provider) if session else next(iter(demos.values()), None)


def has_choice() -> bool:
    """Whether there are several providers to sign in at."""
    return auth.context.providers.only is None


def api() -> Api | None:
    """The API that takes the access tokens of this page's person; None if there is none."""
    return auth.context.api_of(page_context().session)


def id_token_claims() -> dict[str, Any] | None:
    """What the ID token says, without what userinfo has added; None if nobody is signed in."""
    session = page_context().session
    return claims_of(session.tokens.id_token) if session else None


def open_tabs() -> list[tuple[OpenTab, bool]] | None:
    """The tabs that share the session, and whether each is this one; None if nobody was signed in here."""
    tab = page_context().tab
    return [(one, one is tab) for one in distinct_tabs(tab.live_session.tabs)] if tab else None


def on_tabs_change(update: Callable[[], None]) -> None:
    """Call `update` now and whenever a tab of the session comes, goes, or shows another page."""
    page_context().on_tabs_change(update)


def sessions() -> tuple[Counter[str], int]:
    """How many sessions with an open tab there are in this process, by state, and how many tabs."""
    registry = tuple(auth.context.registry)
    return Counter(live.phase for live in registry), sum(len(distinct_tabs(live.tabs)) for live in registry)


def app_context() -> AppContext:
    """The parts of the app."""
    return auth.context
