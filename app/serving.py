"""What is open of one `Auth` while a server serves, from when it is first needed until the server ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Scope

from .app_context import AppContext
from .data_dir import ServingLock, make_folder
from .errors import SettingsError
from .sessions.learnt import recall
from .settings import Settings
from .settings.guest import as_written, learns_base_url, misspelled_names
from .settings.names import misspelled_settings
from .web.asgi.address import seen_base_url
from .web.asgi.own_routes import OwnRoutes, check_paths, left_out, own_routes
from .web.steps.logout import ChangeUser

log = logging.getLogger(__name__)


class Serving:
    """The parts of the app, made by `make` as soon as its address is known, and opened and closed.

    `app` is what they stand in, and `pages` what is mounted there, or the same: NiceGUI's app. `change_user` and `more`
    are for the routes: what is to happen with each sign-in and logout, and which others there are. `is_guest`: the app
    has routes of its own.
    """

    def __init__(
        self,
        settings: Settings,
        make: Callable[[Settings], AppContext],
        *,
        pages: ASGIApp,
        change_user: ChangeUser,
        more: Callable[[AppContext], Sequence[BaseRoute]],
        is_guest: bool,
        with_health: bool,
    ) -> None:
        self.settings = settings
        self._make = make
        self._pages = pages
        self._change_user = change_user
        self._more = more
        self.is_guest = is_guest
        self._left_out = left_out(settings, is_guest=is_guest, with_health=with_health)
        self._lock = ServingLock(settings.data_dir)
        self._opening = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self._context = None if learns_base_url(settings) else make(settings)
        self._own: OwnRoutes | None = None
        self._in_lifespan = False
        self.app: FastAPI | None = None

    @property
    def context(self) -> AppContext:
        """The parts; raises `RuntimeError` where no BASE_URL is set, before a request has told the address."""
        if self._context is None:
            raise RuntimeError('the address of the app is not known before the first request; set BASE_URL')
        return self._context

    async def opened(self, scope: Scope) -> tuple[AppContext, OwnRoutes]:
        """The parts, open, and what they answer.

        Raises `SettingsError` if something cannot be opened, or this request does not tell where the app is.
        """
        async with self._opening, self._as_written():
            if self._context is None:
                seen = seen_base_url(scope, self._root(), self.settings.trusted_proxies)
                self._context = self._make(self.settings.model_copy(update={'base_url': seen}))
            return self._context, await self._open(self._context)

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """While the server serves; what is known by then is opened at its start.

        Raises `SettingsError` if that cannot be done, or the app has a path of ours.
        """
        self._in_lifespan = True
        try:
            await self._start()
            yield
        finally:
            await self._close()
            self._in_lifespan = False

    async def start_unless_begun(self) -> None:
        """The same start, where no lifespan is going to be entered: the pages are mounted in an app that has none.

        Raises `SettingsError`.
        """
        if not self._in_lifespan and self.app is self._pages:
            await self._start()

    async def _start(self) -> None:
        for line in misspelled_names(self.settings) if self.is_guest else misspelled_settings():
            log.warning('%s', line)
        async with self._opening, self._as_written():
            if self.is_guest and self.app is not None:
                check_paths(self.app.routes, self._root(), self.settings, self._left_out)
            make_folder(self.settings.data_dir)
            self._lock.take()
            if self._context is not None:
                await self._open(self._context)

    @asynccontextmanager
    async def _as_written(self) -> AsyncIterator[None]:
        """What is said of a setting that makes no sense names it as the person does who has to change it."""
        try:
            yield
        except SettingsError as error:
            raise SettingsError(as_written(str(error), self.settings)) from error

    async def end_renewals(self) -> None:
        """The pages are closed: drop what is under way for them, and close the rest if no lifespan is to end."""
        if self._context is not None:
            await self._context.registry.close()
        if not self._in_lifespan:
            await self._close()

    async def _open(self, context: AppContext) -> OwnRoutes:
        if self._own is None:
            key = context.secret_key()
            await context.store.open()
            for provider in context.providers:
                await recall(provider, context.store)
            for demo in context.demos.values():
                await demo.open(key)
            self._watching = asyncio.create_task(context.clock_jumps.watch(), name='clock_jumps')
            more = self._more(context)
            self._own = own_routes(context, self._change_user, more, self._root(), self._left_out)
        return self._own

    def _root(self) -> str:
        """The path in the app below which NiceGUI's pages are, and ours."""
        routes = self.app.routes if self.app is not None else ()
        mounts = (route.path for route in routes if isinstance(route, Mount) and route.app is self._pages)
        return next(mounts, '')

    async def _close(self) -> None:
        """Let go of connections and files, as far as they were opened."""
        if self._watching is not None:
            self._watching.cancel()
        self._own, context = None, self._context
        if context is not None:
            await context.hooks.close()
            for provider in context.providers:
                await provider.close()
            for api in context.apis.values():
                await api.close()
            for demo in context.demos.values():
                demo.close()
            await context.store.close()
        self._lock.release()
