"""Our own paths: what answers them, before anything of the app around them is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import ASGIApp, Scope

from ...app_context import AppContext
from ...errors import SettingsError
from ...settings import DEMO_PATH, Settings
from ...settings.addresses import Network
from .. import http_methods, routes
from ..host_names import HEALTH_PATH, redirect
from ..local_request import OnlyThisMachine
from ..logout import ChangeUser
from ..routes import STEPS


@dataclass(frozen=True, slots=True)
class OwnRoutes:
    """A table of routes below the path `root`, of which the first that fits a request answers.

    `url` is where browsers reach that. `is_local`: they answer this machine only, as far as the `trusted` proxies
    tell.
    """

    table: Sequence[BaseRoute]
    url: str
    root: str = ''
    is_local: bool = False
    trusted: tuple[Network, ...] = ()

    def find(self, scope: Scope) -> tuple[ASGIApp, Scope] | None:
        """What answers this request, and the scope in which it does; None if it is none of ours."""
        outer: str = scope.get('root_path', '')
        if not scope['path'].removeprefix(outer).startswith(f'{self.root}/'):
            return None
        inner = {**scope, 'root_path': outer + self.root}
        found = self._match(inner) or self._match_without_slash(inner)
        if found is None:
            return None
        return OnlyThisMachine(found[0], self.trusted) if self.is_local else found[0], found[1]

    def _match(self, scope: Scope) -> tuple[ASGIApp, Scope] | None:
        for route in self.table:
            match, found = route.matches(scope)
            if match is Match.FULL:
                return route.handle, {**scope, **found}
        return None

    def _match_without_slash(self, scope: Scope) -> tuple[ASGIApp, Scope] | None:
        """A slash too many leads to the path without it, which somebody meant."""
        path = scope['path'].removesuffix('/')
        if path == scope['path'] or self._match({**scope, 'path': path}) is None:
            return None
        query = scope['query_string'].decode('latin-1')
        url = f'{self.url}{path.removeprefix(scope["root_path"])}' + (f'?{query}' if query else '')
        return redirect(url), scope


def own_routes(
    app: AppContext, change_user: ChangeUser, more: Sequence[BaseRoute], root: str, *, with_health: bool
) -> OwnRoutes:
    """All routes of sign-in with these `more` ones, and the demo provider where no issuer is set."""
    table: list[BaseRoute] = [*http_methods.table(app), *more, *routes.table(app, change_user)]
    if not with_health:
        table = [route for route in table if not (isinstance(route, Route) and route.path == HEALTH_PATH)]
    demo = [Mount(DEMO_PATH, app.demo.app)] if app.demo is not None else []
    settings = app.settings
    is_local = settings.is_demo and not settings.demo_allow_remote
    return OwnRoutes([*table, *demo], settings.step_url(''), root + settings.prefix, is_local, settings.trusted_proxies)


def check_paths(routes: Sequence[BaseRoute], root: str, settings: Settings) -> None:
    """Raises `SettingsError` if the app around has a route at one of our paths: its pages would never be seen.

    `root` is the path of the pages in that app.
    """
    theirs = {route.path for route in routes if isinstance(route, Route)}
    for path in (root + settings.step_path(step) for step in STEPS):
        if path in theirs:
            example = '/auth' if settings.prefix != '/auth' else '/sign-in'
            raise SettingsError(
                f'PREFIX: must be another path, such as {example}, since the app has a route {path} too'
            )
