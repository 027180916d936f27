"""Our own paths: what answers them, before anything of the app around them is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import ASGIApp, Scope

from ...app_context import AppContext
from ...errors import SettingsError
from ...settings import DEMO_PATH, TICKET_PATH, WINDOW_PATH, Settings
from ...settings.addresses import Network
from .. import http_methods, routes
from ..host_names import HEALTH_PATH, redirect
from ..links import steps
from ..local_request import OnlyThisMachine
from ..steps.logout import ChangeUser


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
    app: AppContext, change_user: ChangeUser, more: Sequence[BaseRoute], root: str, left_out: frozenset[str]
) -> OwnRoutes:
    """The routes of sign-in with these `more` ones, and the demo provider where no issuer is set.

    Those at the paths that are `left_out` are not answered.
    """
    steps = [route for route in routes.table(app, change_user) if route.path not in left_out]
    table = [*http_methods.table(app, left_out), *more, *steps]
    settings = app.settings
    demos = [Mount(own.demo_path, app.demos[own.provider.name].app) for own in settings.each() if own.is_demo]
    is_local = settings.has_demo and not settings.demo_allow_remote
    return OwnRoutes(
        [*table, *demos], settings.step_url(''), root + settings.prefix, is_local, settings.trusted_proxies
    )


def left_out(settings: Settings, *, is_guest: bool, with_health: bool) -> frozenset[str]:
    """Those of our paths that nobody needs here: a host may have pages there."""
    health = () if with_health else (HEALTH_PATH,)
    window = (WINDOW_PATH, TICKET_PATH + '/{ticket}') if is_guest and not settings.native else ()
    return frozenset((*health, *window))


def check_paths(
    routes: Sequence[BaseRoute], root: str, settings: Settings, left_out: frozenset[str] = frozenset()
) -> None:
    """Raises `SettingsError` if the app around has a route at one of our paths: its pages would never be seen.

    `root` is the path of the pages in that app; those that are `left_out` are not ours.
    """
    demo = root + settings.step_path(DEMO_PATH)
    ours = {root + settings.step_path(path) for path in {*steps(settings), HEALTH_PATH, WINDOW_PATH} - left_out}
    for path in (route.path for route in routes if isinstance(route, Route)):
        if path in ours or (settings.has_demo and f'{path}/'.startswith(f'{demo}/')):
            example = '/auth' if settings.prefix != '/auth' else '/sign-in'
            raise SettingsError(
                f'PREFIX: must be another path, such as {example}, since the app has a route {path} too'
            )
