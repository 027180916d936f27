"""The routes: the steps of signing in and out, and the small ones beside them."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..app_context import AppContext
from ..settings import TICKET_PATH, WINDOW_PATH
from .csrf import csrf_of
from .host_names import HEALTH_PATH, redirect, redirect_within
from .identity import identify
from .links import CALLBACK_PATH, LOGIN_PATH, LOGOUT_PATH, PAGE_KEY_HEADER, SIGNED_IN_PATH, SILENT_PATH
from .static_pages import GO_BACK, SILENT, static_page
from .steps.callback import Callback
from .steps.login import Login
from .steps.logout import ChangeUser, Logout


def table(app_context: AppContext, change_user: ChangeUser) -> list[Route]:
    """The routes, by path and method.

    `change_user` is called with each sign-in, and each logout. What else is kept of whoever used the browser so far is
    to go, unless it is known to be the same `owner`'s, or not known to be anybody's and to `keep`.
    """
    routes, callback = Routes(app_context), Callback(app_context, change_user)
    of_one = '' if app_context.providers.only else '/{provider}'
    return [
        Route(path, endpoint, methods=[method])
        for path, method, endpoint in (
            (LOGIN_PATH, 'GET', Login(app_context).answer),
            (CALLBACK_PATH + of_one, 'GET', callback.answer),
            (SILENT_PATH + of_one, 'GET', routes.silent),
            (SIGNED_IN_PATH, 'GET', routes.signed_in),
            (SIGNED_IN_PATH, 'POST', routes.prove),
            (LOGOUT_PATH, 'POST', Logout(app_context, change_user).answer),
            (HEALTH_PATH, 'GET', routes.health),
            (WINDOW_PATH, 'GET', routes.window),
            (TICKET_PATH + '/{ticket}', 'GET', routes.ticket),
        )
    ]


class Routes:
    """The endpoints; they share the app_context and nothing else."""

    def __init__(self, app_context: AppContext) -> None:
        self._app = app_context

    async def silent(self, request: Request) -> Response:
        """The page that the provider's answer to the silent frame lands on.

        In a window, where it lands if the provider has kept the request while a person signed in, the page hands the
        answer to `/callback`, with `landed=silent`.
        """
        return silent_page(self._app.settings.prefix, request)

    async def signed_in(self, _: Request) -> Response:
        """The page that a sign-in in a window of its own ends on; it closes the window."""
        return static_page(GO_BACK)

    async def prove(self, request: Request) -> Response:
        """A visitor's page that was told of a sign-in shows the cookie of its browser; 403 if that is not yet there."""
        is_ours = csrf_of(self._app).is_ours(request.headers) is not False
        who, key = await identify(request, self._app), request.headers.get(PAGE_KEY_HEADER, '')
        is_proved = is_ours and self._app.registry.visitors.prove(key, who.session)
        return Response(status_code=204 if is_proved else 403, headers={'Cache-Control': 'no-store'})

    async def health(self, _: Request) -> Response:
        """Whether the process serves requests."""
        return JSONResponse({'status': 'ok'})

    async def window(self, request: Request) -> Response:
        """What the native window opens first, with a key that makes it known."""
        app_context, key = self._app, request.query_params.get('key', '')
        if app_context.is_window_key(key):
            who = await identify(request, app_context)
            await app_context.store.change_browser(
                who.browser.id, lambda record: replace(record, window_key=key), app_context.clock.now()
            )
        return self._within('/')

    async def ticket(self, request: Request) -> Response:
        """What the window opens in the system's browser; it leads on once."""
        outside = self._app.system_browser
        url = outside.redeem(request.path_params['ticket']) if outside else None
        return redirect(url) if url else self._within('/')

    def _within(self, path: str) -> Response:
        return redirect_within(self._app.settings, path)


def silent_page(prefix: str, request: Request) -> Response:
    """That page, wherever it lies."""
    name = request.path_params.get('provider', '')
    return static_page(SILENT, f'{prefix}/{name}' if name else prefix)
