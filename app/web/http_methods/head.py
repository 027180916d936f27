"""`HEAD` at our routes: what `GET` would answer, as far as that is known without doing it (RFC 9110 §9.3.2).

Previews of links, virus scanners and monitors ask like this, some of them with a person's cookies, and often before the
person does: nothing begins, nothing is used up, nobody is seen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ...app_context import AppContext
from ...errors import InvalidResponse
from ...oidc.authorization import parse_authorization_response
from ...settings import TICKET_PATH, WINDOW_PATH
from ..host_names import HEALTH_PATH, OtherAddresses, redirect, redirect_to_step, redirect_within
from ..links import CALLBACK_PATH, CHOICE_PATH, LOGIN_PATH, LOGOUT_PATH, SIGNED_IN_PATH, SILENT_PATH, steps
from ..routes import silent_page
from ..static_pages import GO_BACK, static_page

Endpoint = Callable[[Request], Awaitable[Response]]


class Head:
    """The endpoints, by path."""

    def __init__(self, app_context: AppContext) -> None:
        self._app = app_context
        self._others = OtherAddresses()
        paths, prefix = steps(app_context.settings), app_context.settings.prefix
        self.endpoints: dict[str, Endpoint] = {
            LOGIN_PATH: self.login,
            **{path: self.callback for path in paths if path.startswith(CALLBACK_PATH)},
            **{path: partial(_silent, prefix) for path in paths if path.startswith(SILENT_PATH)},
            SIGNED_IN_PATH: _go_back,
            HEALTH_PATH: _health,
            WINDOW_PATH: self.home,
            TICKET_PATH + '/{ticket}': self.home,
            LOGOUT_PATH: _page,
            **({CHOICE_PATH: _page} if CHOICE_PATH in paths else {}),
        }

    async def login(self, request: Request) -> Response:
        """To the provider, with a request that nobody keeps: an answer to it would be to nobody."""
        app_context = self._app
        if (answer := self._others.answer(request, app_context.settings)) is not None:
            return answer
        providers, query = app_context.providers, request.query_params
        provider = providers.named(query.get('provider')) or providers.by_issuer(query.get('iss')) or providers.only
        if provider is None:
            return redirect_to_step(app_context.settings, f'{CHOICE_PATH}?{request.url.query}')
        authorization = await provider.sign_in_request(provider.registration.callback_uri)
        return redirect(authorization.url)

    async def callback(self, request: Request) -> Response:
        """What can be said of the answer by its looks; the code stays good. Raises `InvalidResponse` if it is none."""
        response = parse_authorization_response(request.url.query)
        if response.is_empty:
            raise InvalidResponse('the callback has neither code nor error')
        return await self.home(request)

    async def home(self, _: Request) -> Response:
        """To the home page."""
        return redirect_within(self._app.settings, '/')


async def _go_back(_: Request) -> Response:
    return static_page(GO_BACK)


async def _silent(prefix: str, request: Request) -> Response:
    return silent_page(prefix, request)


async def _page(_: Request) -> Response:
    """A page of ours; for whom is none of the business of whoever only looks."""
    return Response(media_type='text/html')


async def _health(_: Request) -> Response:
    return JSONResponse({'status': 'ok'})
