"""The front door: sign-in for a NiceGUI app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

import httpx
from fastapi import Depends, FastAPI
from nicegui import app as nicegui_app
from nicegui import ui
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from . import whole_app
from .app_context import AppContext
from .clock import Clock
from .devices.devices import sign_out
from .hooks.hook_calls import HookCalls
from .hooks.hooks import Hooked
from .installation import install
from .oidc.client_auth.configured import provider_http
from .oidc.id_token import Claims
from .parts import Surroundings, make_parts
from .serving import Serving
from .sessions.roles import Roles, RolesFound, roles_of
from .sessions.store import SessionStore
from .settings import Settings
from .settings.guest import load_for_host
from .settings.provider import Provider
from .texts.texts import Texts
from .ui.access.gate import Gate
from .ui.access.required import is_sub_page, required
from .ui.access.watched import watch_guarded
from .ui.notices.choice_page import ChoicePage
from .ui.notices.error_page import error_page
from .ui.notices.logout_page import LogoutPage
from .ui.notices.small_page import Frame, plain_frame
from .ui.notices.texts import texts
from .ui.on_page import OnPage
from .ui.person_storage import PersonStorage
from .ui.user import User
from .web.asgi.visit import visit_of
from .web.endpoints.callers import person_of
from .web.endpoints.dependencies import Endpoints, Visit
from .web.endpoints.person import EndpointUser
from .web.endpoints.requirement import Requirement
from .web.links import CHOICE_PATH, LOGOUT_PATH
from .web.plain_error import plain_error
from .web.steps.logout import leave_alone

Builder = TypeVar('Builder', bound=Callable[..., Any])
Names = str | Collection[str]


class Auth(OnPage, Hooked):
    """Sign-in for a NiceGUI app, which it is put into at once.

    `providers` are where people sign in; with none they are those of the settings, and with several people choose.
    The settings are `given` by their names in lower case (`oidc_issuer`, `session_max`, ...), else read from the
    environment (`OIDC_*`, `STAY_SIGNED_IN_*`), and from `env_file` if that is named. Without an issuer the demo
    provider signs people in, on this machine only. Without `base_url` it goes by the address that browsers use here.
    `prefix` moves our paths: `/auth` makes `/auth/login` of `/login`.

    `roles` is where the claims have a person's roles: a path (`realm_access.roles`), several, or a function of the
    claims; None looks at the usual places. `store` is another one than SQLite's in DATA_DIR. `frame` is what the small
    pages of ours have around them: a context manager that builds it. `health`: `/health` is answered.

    Making it opens no file, port, lock or connection, so that it may be done in any process; the server's start does.
    Raises `SettingsError` if something makes no sense.
    """

    _surroundings: ClassVar[Surroundings | None] = None  # in a test: what stands in for the world

    def __init__(
        self,
        *providers: Provider,
        settings: Settings | None = None,
        base_url: str | None = None,
        prefix: str | None = None,
        roles: Roles = None,
        store: SessionStore | None = None,
        env_file: str | Path | None = None,
        frame: Frame = plain_frame,
        health: bool = False,
        **given: Any,
    ) -> None:
        super().__init__()
        around = self._surroundings
        self._is_guest = settings is None
        own = {'base_url': base_url, 'prefix': prefix, 'oidc_providers': providers or None}
        settings = load_for_host(env_file, **own, **given) if settings is None else settings
        settings = around.settings(settings) if around else settings
        self._clock = around.clock if around else Clock()
        self._store = None if around else store
        self._roles = roles
        self._frame = frame
        self._endpoints = Endpoints(self._caller, self._roles_of)
        self._serving = Serving(
            settings,
            self._made,
            pages=nicegui_app,
            change_user=leave_alone if self._is_guest else whole_app.change_user,
            more=self._pages,
            is_guest=self._is_guest,
            with_health=health or not self._is_guest,
        )
        if self._is_guest:
            self.install(nicegui_app)
        if around:
            around.made(self)

    def install(self, app: FastAPI) -> None:
        """Put it into somebody's FastAPI, before `ui.run_with(app, mount_path=...)`; its endpoints know the user, too.

        Our paths are below the mount path. Raises `SettingsError` if another `Auth` is in it, or a native window is
        wanted that cannot be shown.
        """
        install(app, self._serving, self._show_error)
        if not self._is_guest:
            whole_app.furnish(app, self.context)

    @property
    def context(self) -> AppContext:
        """The parts; see `Serving.context`."""
        return self._serving.context

    @property
    def texts(self) -> Texts:
        """Every text that is shown to people, by its key; to be changed before the server starts."""
        return texts

    def server_options(self) -> dict[str, Any]:
        """What `ui.run` has to be told by an app that is all ours; see `whole_app`."""
        return whole_app.server_options(self.context)

    # On a page

    def page(
        self,
        path: str,
        *,
        role: Names = (),
        scope: Names = (),
        check: Callable[[User], bool] | None = None,
        acr: Names = (),
        max_age: int | None = None,
        optional: bool = False,
        **kwargs: Any,
    ) -> Callable[[Builder], Builder]:
        """`ui.page` for those who are signed in, have the roles and scopes, and pass `check`; others are turned away.

        Nothing is built for them: visitors sign in first, and come back to the same address; who lacks something is
        told what (403); whose session ended by a logout, a limit or another person is told why, with a button (401).
        Who has not signed in with one of `acr`, or not within `max_age` seconds when the page is opened, does so once
        more. `optional` lets everybody in. What else is given is `ui.page`'s. The function may be a sub-page of another
        page, too, where it is guarded as by `require`. Raises `TypeError` for what cannot be meant.
        """
        if not isinstance(path, str):
            raise TypeError("auth.page takes a path: @auth.page('/')")
        guard = Requirement[User].of(role, scope, check, acr, max_age)
        if optional and guard != Requirement():
            raise TypeError('optional=True lets everybody in; guard a part of the page with @auth.require')
        gate = Gate(guard, optional, self._frame)

        def decorate(builder: Builder) -> Builder:
            as_sub_page = required(gate.guard, optional=optional)(builder)

            @wraps(builder)
            def build(*args: Any, **kwargs: Any) -> Any:
                if is_sub_page():  # of another page, whose gate is not this one
                    return as_sub_page(*args, **kwargs)
                watch_guarded(ui.context.client, gate, watches=self._is_guest)
                return builder(*args, **kwargs)

            dependencies = [Depends(gate), *kwargs.pop('dependencies', ())]
            return cast(Builder, ui.page(path, dependencies=dependencies, **kwargs)(build))

        return decorate

    def require(
        self,
        *,
        role: Names = (),
        scope: Names = (),
        check: Callable[[User], bool] | None = None,
        acr: Names = (),
        max_age: int | None = None,
        name: str = '',
    ) -> Callable[[Builder], Builder]:
        """A decorator of the builders of `ui.sub_pages`, and of event handlers; it never raises.

        Not satisfied, a builder shows why in its place, until that changes; a handler says so, and does not run. Where
        a sign-in would do (`scope`, `acr`, `max_age`) both offer that; a handler in a window, so that the page stays.
        `name` is what a sub-page is called there, else its path.
        """
        return required(Requirement[User].of(role, scope, check, acr, max_age), name)

    # At endpoints, and for whoever runs the app

    @property
    def current(self) -> Callable[..., Awaitable[EndpointUser | None]]:
        """`Depends(auth.current)`: who calls an endpoint, by the session's cookie or an access token, if anybody says.

        A bad token is refused (401), and so is a change that another site sent (403).
        """
        return self._endpoints.current

    def required(
        self,
        *,
        role: Names = (),
        scope: Names = (),
        check: Callable[[EndpointUser], bool] | None = None,
        acr: Names = (),
        max_age: int | None = None,
    ) -> Callable[..., Awaitable[EndpointUser]]:
        """Who calls an endpoint, as `Depends(auth.required(role='admin'))`; others get 401 or 403 (RFC 6750 §3).

        Who would have to sign in with one of `acr`, or within `max_age` seconds, gets 401 that says so (RFC 9470).
        """
        return self._endpoints.required(role=role, scope=scope, check=check, acr=acr, max_age=max_age)

    async def person(self, issuer: str, subject: str) -> EndpointUser | None:
        """Somebody for a job that nobody calls, by the latest of their sessions; None if they have none that lives.

        Raises `StoreFailed`.
        """
        return await person_of(self.context, issuer, subject)

    async def sign_out(self, issuer: str, subject: str) -> int:
        """End all sessions of a person, everywhere, and have their tokens revoked; how many there were.

        Raises `StoreFailed`, with none of them ended.
        """
        return await sign_out(self.context, issuer, subject)

    def _made(self, settings: Settings) -> AppContext:
        def roles(claims: Claims) -> RolesFound:
            return roles_of(claims, self._roles, context.providers.client_id_in(claims))

        around = self._surroundings

        def http(own: Settings) -> httpx.AsyncClient:
            return around.http() if around else provider_http(own)

        hooks = HookCalls(self._hooks, self._clock, settings.hook_timeout, self._roles_of)
        context = make_parts(settings, http, self._clock, self._store, hooks)
        context.clock_jumps.jumped.subscribe(context.registry.clock_jumped)
        context = replace(context, roles_of=roles, storage_of=PersonStorage(self._clock).of)
        return around.parts(context) if around else context

    def _roles_of(self, claims: Claims) -> frozenset[str]:
        return self.context.roles_of(claims).roles

    def _pages(self, context: AppContext) -> list[BaseRoute]:
        """The pages of ours at fixed addresses, which stand beside the routes."""
        logout = Route(LOGOUT_PATH, LogoutPage(context, self._frame).answer, methods=['GET'])
        choice = Route(CHOICE_PATH, ChoicePage(context, self._frame).answer, methods=['GET'])
        return [logout] if context.providers.only else [logout, choice]

    async def _caller(self, connection: HTTPConnection) -> Visit:
        """Of which app an endpoint is, and which browser calls it; None where that is not to count."""
        visit = visit_of(connection.scope)
        return (self.context, None) if visit is None else (visit.context, visit.identity)

    def _show_error(self, request: Request, error: Exception) -> Response:
        """The exception handler of our errors, in whatever app."""
        try:
            context = self.context
        except RuntimeError:  # the very first request does not tell where the app is
            return plain_error(request, error)
        return error_page(context.settings, request, error, frame=self._frame)
