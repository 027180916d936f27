"""What stands before a page: it is not built for who may not see it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from ..app_context import AppContext
from ..errors import SettingsError
from ..errors.codes import by_code
from ..web.asgi.visit import visit_of
from ..web.host_names import redirect
from ..web.identity import Identity, identify_visitor
from ..web.routes import login_path
from .guards import Guard
from .small_pages import small_page
from .user import User


class TurnedAway(Exception):
    """The page is not built, and this is answered instead."""

    def __init__(self, response: Response) -> None:
        super().__init__('turned away')
        self.response = response


@dataclass(frozen=True, slots=True)
class Gate:
    """A dependency of a page (FastAPI's `Depends`): finds out who opens it, which counts as doing something.

    `optional` lets visitors in. Raises `TurnedAway`, and `StoreFailed` if nobody can say.
    """

    guard: Guard
    optional: bool = False

    async def __call__(self, request: Request) -> None:
        visit = visit_of(request.scope)
        if visit is None:
            raise SettingsError('Auth: is not in this app; call auth.install(app) before ui.run_with(app)')
        app = visit.context
        who = visit.who = await identify_visitor(request, app)
        if who.session is None:
            if not self.optional:
                raise TurnedAway(self._unknown(request, app, who))
            _ = who.browser.id  # so that it is known again once somebody has signed in
        elif missing := self.guard.missing(User(app, who.session)):
            raise TurnedAway(_missing(request, app, missing))

    def _unknown(self, request: Request, app: AppContext, who: Identity) -> Response:
        """To the provider, and back; where the person has to click first, the reason and a button."""
        login = app.settings.base_url + login_path(path_and_query(request))
        if who.ended is None or not who.ended.stays:
            return redirect(login)
        error = by_code(who.ended.code)
        return small_page(request, error.title, error.advice, [('Log in', login)], error.status)


def _missing(request: Request, app: AppContext, missing: list[str]) -> Response:
    """Who is signed in may not see the page."""
    another = app.settings.base_url + login_path(path_and_query(request), 'login')
    text = f'It needs {", ".join(missing)}.'
    return small_page(request, 'You may not see this page', text, [('Log in as somebody else', another)], 403)


def path_and_query(request: Request) -> str:
    """The address of the page below the root of the app, to the letter; `request.url.path` is decoded."""
    scope = request.scope
    path = bytes(scope['raw_path']).decode('latin-1').partition('?')[0].removeprefix(quote(scope.get('root_path', '')))
    return (path or '/') + (f'?{request.url.query}' if request.url.query else '')


def turned_away(_: Request, error: Exception) -> Response:
    """The exception handler that answers in the place of the page."""
    assert isinstance(error, TurnedAway)  # noqa: S101 - it is registered for no other
    return error.response
