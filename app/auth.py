"""The front door: sign-in for a NiceGUI app."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, ClassVar, TypeVar, cast

from fastapi import Depends, FastAPI
from nicegui import Client, ui
from nicegui import app as nicegui_app
from starlette.requests import Request
from starlette.routing import Mount
from starlette.types import Scope

from . import whole_app
from .app_context import AppContext
from .clock import Clock
from .data_dir import ServingLock, make_folder
from .errors import AppError
from .guest_settings import load_for_host
from .oidc.http import http_client
from .parts import Surroundings, make_parts
from .sessions.learnt import recall
from .sessions.store import SessionStore
from .setting_names import misspelled_settings
from .settings import Settings
from .ui.gate import Gate, TurnedAway, turned_away
from .ui.guards import Check, Guard
from .ui.page_context import PageContext
from .ui.present import page_of, present, present_page, socket_visit
from .ui.required import required
from .ui.user import User
from .web.asgi.address import seen_base_url
from .web.asgi.own_routes import OwnRoutes, check_paths, own_routes
from .web.asgi.sign_in import SignIn
from .web.plain_error import plain_error
from .web.start_up import open_while_serving

log = logging.getLogger(__name__)
Builder = TypeVar('Builder', bound=Callable[..., Any])


class Auth:
    """Sign-in for a NiceGUI app, which it is put into at once.

    The settings are `given` by their names in lower case (`oidc_issuer`, `session_max`, ...), else read from the
    environment (`OIDC_*`, `STAY_SIGNED_IN_*`), and from `env_file` if that is named. Without an issuer the demo
    provider signs people in, on this machine only. Without `base_url` it goes by the address that browsers use here.

    Making it opens no file, port, lock or connection, so that it may be done in any process; the server's start does.
    Raises `SettingsError` if something makes no sense.
    """

    surroundings: ClassVar[Surroundings | None] = None  # in a test: what stands in for the world

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        base_url: str | None = None,
        store: SessionStore | None = None,
        env_file: str | None = None,
        health: bool = False,
        **given: Any,
    ) -> None:
        if base_url is not None:
            given['base_url'] = base_url
        self._is_guest = settings is None
        around = self.surroundings
        settings = load_for_host(env_file, **given) if settings is None else settings
        self._settings = around.settings(settings) if around else settings
        self._with_health = health or not self._is_guest
        self._clock = around.clock if around else Clock()
        # No proxy between us and ourselves.
        self._http = around.http() if around else http_client(trust_env=not self._settings.is_demo)
        self._lock = ServingLock(self._settings.data_dir)
        self._store = None if around else store
        self._opening = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self._is_open = False
        self._app: FastAPI = nicegui_app
        self._change_user = leave_alone if self._is_guest else whole_app.change_user
        self._context = None if self._is_address_unknown else self._made(self._settings)
        if self._is_guest:
            self.install(nicegui_app)
        if around:
            around.made(self)

    def install(self, app: FastAPI) -> None:
        """Put it into somebody's FastAPI, before `ui.run_with(app, mount_path=...)`; its endpoints know the user, too.

        Our paths are below the mount path. Raises `SettingsError` if a native window is wanted that cannot be shown.
        """
        self._app = app
        app.add_exception_handler(AppError, plain_error)
        nicegui_app.add_exception_handler(AppError, plain_error)
        nicegui_app.add_exception_handler(TurnedAway, turned_away)
        app.add_middleware(SignIn, opened=self._opened, socket_visit=socket_visit)
        if not self._is_guest:
            whole_app.furnish(app, self.context)
        open_while_serving(app, self._serving)
        nicegui_app.on_shutdown(self._shut_down)
        if self._is_guest:
            nicegui_app.on_connect(self._connected)

    @property
    def context(self) -> AppContext:
        """The parts; raises `RuntimeError` where no BASE_URL is set, before a request has told the address."""
        if self._context is None:
            raise RuntimeError('the address of the app is not known before the first request; set BASE_URL')
        return self._context

    def server_options(self) -> dict[str, Any]:
        """What `ui.run` has to be told by an app that is all ours; see `whole_app`."""
        return whole_app.server_options(self.context)

    # Who is signed in

    @property
    def user(self) -> User | None:
        """Who is signed in on the page that this code builds or serves; None if nobody is, or there is no page.

        Known in page functions, sub-pages, event handlers, `ui.timer`, and tasks that were begun in one of these.
        Raises `StoreFailed` if nobody can say.
        """
        page = present_page()
        if page is not None:
            return page.user
        if (visit := present()) is None:
            return None
        session = visit.identity.session
        return User(visit.context, session) if session else None

    def page(
        self,
        path: str,
        *,
        role: str | Collection[str] = (),
        scope: str | Collection[str] = (),
        check: Check | None = None,
        optional: bool = False,
        **kwargs: Any,
    ) -> Callable[[Builder], Builder]:
        """`ui.page` for those who are signed in, have the roles and scopes, and pass `check`; others are turned away.

        Nothing is built for them: visitors sign in first, and come back to the same address; who lacks something is
        told what (403); whose session ended by a logout, a limit or another person is told why, with a button (401).
        `optional` lets visitors in. What else is given is `ui.page`'s.
        """
        gate = Gate(Guard.of(role, scope, check), optional)

        def decorate(builder: Builder) -> Builder:
            @wraps(builder)
            def build(*args: Any, **kwargs: Any) -> Any:
                page_of(ui.context.client)  # from here on the session is kept alive
                return builder(*args, **kwargs)

            dependencies = [Depends(gate), *kwargs.pop('dependencies', ())]
            return cast(Builder, ui.page(path, dependencies=dependencies, **kwargs)(build))

        return decorate

    def require(
        self, *, role: str | Collection[str] = (), scope: str | Collection[str] = (), check: Check | None = None
    ) -> Callable[[Builder], Builder]:
        """A decorator of the builders of `ui.sub_pages`, and of event handlers; it never raises.

        Not satisfied, a builder shows why in its place, until that changes; a handler says so, and does not run.
        """
        return required(Guard.of(role, scope, check))

    def on_change(self, update: Callable[[], None]) -> None:
        """Call `update` now and whenever the user of this page changes, while the part of the page around it is there.

        Also on the page of a visitor (`optional=True`) who signs in while it is open. Raises `RuntimeError` where there
        is no page.
        """
        self._page().on_change(update)

    def login_url(self) -> str:
        """The link that signs in and leads back to this page. Raises `RuntimeError` where there is no page."""
        return self._page().login_url

    async def renew(self) -> None:
        """Renew the session of this page now. Raises the `AuthError` that says why not."""
        if (tab := self._page().tab) is not None:
            await tab.live_session.renew()

    def _page(self) -> PageContext:
        if (page := present_page()) is None:
            raise RuntimeError('there is no page here: this is for page functions, event handlers and timers')
        return page

    async def _connected(self, client: Client) -> None:
        """A page is open in a browser: keep the session alive, also of a page that never heard of it."""
        page_of(client)

    # From the start to the end

    @property
    def _is_address_unknown(self) -> bool:
        return self._is_guest and 'base_url' not in self._settings.model_fields_set

    def _made(self, settings: Settings) -> AppContext:
        context = make_parts(settings, self._http, self._clock, self._store)
        context.clock_jumps.jumped.subscribe(context.registry.clock_jumped)
        return self.surroundings.parts(context) if self.surroundings else context

    def _root(self) -> str:
        """The path in the app below which NiceGUI's pages are, and ours."""
        mounts = (route.path for route in self._app.routes if isinstance(route, Mount) and route.app is nicegui_app)
        return next(mounts, '')

    async def _opened(self, scope: Scope) -> tuple[AppContext, OwnRoutes]:
        """The parts, open; raises `SettingsError` if that cannot be done, or nobody knows where the app is."""
        async with self._opening:
            if self._context is None:
                address = {'base_url': seen_base_url(scope, self._root())}
                self._context = self._made(self._settings.model_copy(update=address))
            await self._open()
        table = own_routes(self._context, self._change_user, root=self._root(), with_health=self._with_health)
        return self._context, table

    @asynccontextmanager
    async def _serving(self) -> AsyncIterator[None]:
        """While the server serves; raises `SettingsError` if something cannot be opened, as far as that is known."""
        for line in misspelled_settings():
            log.warning('%s', line)
        try:
            if self._is_guest:
                check_paths(self._app.routes, self._root())
            make_folder(self._settings.data_dir)
            self._lock.take()
            if self._context is not None:
                await self._open()
            yield
        finally:
            await self._close()

    async def _open(self) -> None:
        context = self.context
        if self._is_open:
            return
        key = context.secret_key()
        await context.store.open()
        await recall(context.provider, context.store)
        if context.demo is not None:
            await context.demo.open(key)
        self._watching = asyncio.create_task(context.clock_jumps.watch(), name='clock_jumps')
        self._is_open = True

    async def _shut_down(self) -> None:
        if self._context is not None:
            await self._context.registry.close()

    async def _close(self) -> None:
        """Let go of connections and files, as far as they were opened."""
        if self._watching is not None:
            self._watching.cancel()
        self._is_open = False
        context = self._context
        if context is not None:
            await context.provider.close()
        await self._http.aclose()
        if context is not None:
            if context.api is not None:
                await context.api.close()
            if context.demo is not None:
                context.demo.close()
            await context.store.close()
        self._lock.release()


def leave_alone(request: Request, *, keep: bool, owner: str = '') -> None:
    """`app.storage` is the host's, and so is what happens to it when another person signs in."""
