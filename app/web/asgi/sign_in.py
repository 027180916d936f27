"""The middleware that puts sign-in before an app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ...app_context import AppContext
from ...errors import AuthError
from ...texts import texts
from ...texts.language import SCOPE_KEY as LANGUAGE_KEY
from ...texts.language import language_of, present
from ..browser import BrowserCookie
from ..host_names import OtherAddresses
from ..plain_error import plain_error
from .own_routes import OwnRoutes
from .visit import SCOPE_KEY, Visit, begin_visit, present_visit

NICEGUI_PATH = '/_nicegui'  # its files, and its socket, which is no request of a page's


class SignIn:
    """Answers our own paths, and looks up who sends any other request: what stands inside of it finds a `Visit`.

    `opened` gives the parts, and what is ours to answer with them; before that they may have to be opened.
    `socket_visit` is the visit of the page that opens a websocket, by the query of its address. `steps` are the paths
    of signing in and out. `names_others`: the log is told of requests that come to another address than BASE_URL. What
    has passed another one of these already is left as it is.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        opened: Callable[[Scope], Awaitable[tuple[AppContext, OwnRoutes]]],
        socket_visit: Callable[[bytes], Visit | None],
        steps: tuple[str, ...],
        names_others: bool = False,
    ) -> None:
        self._app = app
        self._front: ASGIApp | None = None
        self._opened = opened
        self._socket_visit = socket_visit
        self._others = OtherAddresses() if names_others else None
        self._steps = steps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] == 'websocket':
            is_nicegui = NICEGUI_PATH in scope['path']  # others may be asked for with any query
            visit = self._socket_visit(scope['query_string']) if is_nicegui else None
            await self._inside(visit, scope, receive, send)
        elif scope['type'] != 'http' or SCOPE_KEY in scope or NICEGUI_PATH in scope['path']:
            await self._app(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if self._front is None:
                self._front = self._in_front_of(*await self._opened(scope))
        except AuthError as error:
            if scope['path'].endswith(self._steps):
                await _refuse(error, scope, receive, send)
            else:  # whoever wants to know who it is learns why nobody can say
                await self._inside(Visit(None, failure=error), scope, receive, send)
        else:
            await self._front(scope, receive, send)

    def _in_front_of(self, context: AppContext, own: OwnRoutes) -> ASGIApp:
        """What reads the cookie, and then answers, or lets the app do so."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            scope[LANGUAGE_KEY] = language_of(scope, context.settings.ui_language, texts.languages)
            token = present.set(scope[LANGUAGE_KEY])
            try:
                await self._answer_known(context, own, scope, receive, send)
            finally:
                present.reset(token)

        return BrowserCookie(answer, settings=context.settings, secret_key=context.secret_key, clock=context.clock)

    async def _answer_known(
        self, context: AppContext, own: OwnRoutes, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """By ourselves, if it is one of our paths, else let the app do so."""
        if self._others is not None:
            self._others.seen(Request(scope), context.settings.base_url)
        if (found := own.find(scope)) is None:
            await self._inside(await begin_visit(Request(scope), context), scope, receive, send)
            return
        route, inner = found
        try:
            await route(inner, receive, send)
        except AuthError as error:
            await _refuse(error, inner, receive, send)

    async def _inside(self, visit: Visit | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer, with the visit at hand."""
        scope[SCOPE_KEY] = visit
        token = present_visit.set(visit)
        try:
            await self._app(scope, receive, send)
        finally:
            present_visit.reset(token)


async def _refuse(error: AuthError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as the app does for errors of ours."""
    request = Request(scope, receive)
    response = scope['app'].exception_handlers.get(AuthError, plain_error)(request, error)
    await response(scope, receive, send)
