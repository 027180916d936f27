"""The front door: makes the parts, and puts them into a NiceGUI app."""

from __future__ import annotations

import logging
import multiprocessing
import secrets
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import background_tasks
from starlette.requests import Request

from .api.client import Api
from .app_context import AppContext
from .clock import Clock
from .data_dir import ServingLock, make_folder
from .demo.demo import Demo
from .errors import AppError, SettingsError
from .native.system_browser import SystemBrowser
from .native.window import prepare_window, window_options
from .oidc.http import ask, http_client
from .oidc.metadata import Registration
from .oidc.provider import Provider
from .renewal.clock_jumps import ClockJumpDetector
from .renewal.limits import Limits
from .renewal.live_session import LiveSession
from .renewal.methods import Policy
from .renewal.registry import SessionRegistry
from .renewal.state import Rules
from .secret_key import derive_key, secret_key
from .sessions.learnt import recall
from .sessions.sqlite import SqliteSessionStore
from .sessions.store import SessionStore
from .setting_names import misspelled_settings
from .settings import DEMO_PATH, LOOPBACK_HOSTS, TICKET_PATH, WINDOW_PATH, Settings, load
from .web import http_methods, routes
from .web.browser import COOKIE_MAX_AGE, BrowserCookie, cookie_name
from .web.host_names import HostNames, OwnRedirects
from .web.local_request import OnlyThisMachine
from .web.middleware import BasePath, PlainPaths, SecurityHeaders, content_security_policy
from .web.plain_error import plain_error
from .web.start_up import open_while_serving

log = logging.getLogger(__name__)

OWNER = 'stay_signed_in_owner'  # in NiceGUI's cookie, beside the name of what `app.storage.user` keeps


class Auth:
    """Sign-in for a NiceGUI app: makes the parts, and puts them into the app with `install`, before `ui.run`.

    Making it opens no file, port, lock or connection, so that it may be done in any process; the server's start does.
    The settings are read from the environment and `.env` unless they are given; that raises `SettingsError`.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        settings = load() if settings is None else settings
        clock = Clock()
        self._http = http_client(trust_env=not settings.is_demo)  # no proxy between us and ourselves
        self._lock = ServingLock(settings.data_dir)
        key = cache(partial(secret_key, settings))
        store = SqliteSessionStore(settings.data_dir / 'sessions.sqlite3', key)
        provider = _provider(settings, self._http, clock)
        self.context = AppContext(
            settings,
            clock,
            key,
            provider,
            store,
            _registry(settings, provider, store, clock),
            ClockJumpDetector(clock),
            Demo(settings, partial(ask, self._http, 'GET'), clock) if settings.is_demo else None,
            _api(settings),
            SystemBrowser(settings.base_url + TICKET_PATH) if settings.signs_in_elsewhere else None,
            secrets.token_urlsafe(32) if settings.native else None,
        )

    def install(self, app: FastAPI, *, clears_storage: bool = False) -> None:
        """Add the routes, what every request passes through and, where no issuer is set, the demo provider.

        `app` is what the server serves: `nicegui.app` with `ui.run`, the app around it before `ui.run_with`.
        `clears_storage`: a logout, and another person's sign-in, empty `app.storage.user`; else it is left alone.
        Raises `SettingsError` if a native window is wanted that cannot be shown here.
        """
        context, settings = self.context, self.context.settings
        if settings.native:
            prepare_window(nicegui_app, settings, f'{settings.base_url}{WINDOW_PATH}?key={context.window_key}')
        if context.demo is not None:
            app.mount(DEMO_PATH, context.demo.app)
        routes.register(app, context, change_user if clears_storage else leave_alone)
        http_methods.register(app, context)
        app.add_exception_handler(AppError, plain_error)
        app.add_middleware(BrowserCookie, settings=settings, secret_key=context.secret_key, clock=context.clock)
        app.add_middleware(SecurityHeaders, policy=partial(content_security_policy, context.provider))
        app.add_middleware(HostNames, base_url=settings.base_url)
        if settings.is_demo and not settings.demo_allow_remote:
            app.add_middleware(OnlyThisMachine, trusted=settings.trusted_proxies)
        if app is nicegui_app:
            app.add_middleware(BasePath, base_url=settings.base_url)
        app.add_middleware(PlainPaths)
        app.add_middleware(OwnRedirects, base_url=settings.base_url)
        open_while_serving(app, self._opened)
        context.clock_jumps.jumped.subscribe(context.registry.clock_jumped)
        nicegui_app.on_startup(lambda: greet(settings))
        nicegui_app.on_startup(lambda: background_tasks.create(context.clock_jumps.watch(), name='clock_jumps'))
        nicegui_app.on_shutdown(context.registry.close)

    def server_options(self) -> dict[str, Any]:
        """What `ui.run` has to be told; its own defaults listen to the whole network and restart on changes.

        Raises `SettingsError` if the key cannot be read or made, or something else listens at the port.
        """
        settings = self.context.settings
        if multiprocessing.parent_process() is None:  # else the one that reloads this one listens there
            check_port(settings)
        return {
            'host': settings.host,
            'port': settings.listen_port(),
            'reload': False,
            'show': False,
            'proxy_headers': False,  # the server believes them of whoever is on this machine; we, of TRUSTED_PROXIES
            'reconnect_timeout': 15,  # seconds; a page that is offline for no longer is not loaded anew
            'storage_secret': derive_key(self.context.secret_key(), 'nicegui-storage').hex(),
            'session_middleware_kwargs': {
                'session_cookie': cookie_name(settings, 'storage'),
                'max_age': COOKIE_MAX_AGE,
                'same_site': 'lax',
                'https_only': settings.base_url.startswith('https:'),
            },
            **(window_options(settings) if settings.native else {}),
        }

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[None]:
        """Everything that a serving process has open; raises `SettingsError` if some of it cannot be opened."""
        settings, context = self.context.settings, self.context
        for line in misspelled_settings():
            log.warning('%s', line)
        try:
            make_folder(settings.data_dir)
            key = context.secret_key()
            self._lock.take()
            await self.context.store.open()
            await recall(context.provider, context.store)
            if context.demo is not None:
                await context.demo.open(key)
            yield
        finally:
            await self._close()

    async def _close(self) -> None:
        """Let go of connections and files, as far as they were opened."""
        await self.context.provider.close()
        await self._http.aclose()
        if self.context.api is not None:
            await self.context.api.close()
        if self.context.demo is not None:
            self.context.demo.close()
        await self.context.store.close()
        self._lock.release()


def change_user(request: Request, *, keep: bool, owner: str = '') -> None:
    """Nobody is to get at what `app.storage.user` has of somebody else: it stays with the `owner`, if they come back.

    Where NiceGUI's cookie does not say whose it is, `keep` decides: a visitor signs in. (NiceGUI can't give it another
    name, so that happens only if it is empty.)
    """
    known = request.session.get(OWNER)
    if owner and (known == owner or (known is None and keep and nicegui_app.storage.user)):
        request.session[OWNER] = owner
        return
    nicegui_app.storage.user.clear()
    request.session['id'] = str(uuid.uuid4())
    request.session[OWNER] = owner or None


def leave_alone(request: Request, *, keep: bool, owner: str = '') -> None:
    """`app.storage` is the host's, and so is what happens to it when another person signs in."""


def _provider(settings: Settings, http: httpx.AsyncClient, clock: Clock) -> Provider:
    """The provider that is configured."""
    secret = settings.oidc_client_secret
    registration = Registration(
        client_id=settings.client_id,
        scope=settings.scope,
        client_secret=secret.get_secret_value() if secret else None,
        audience=settings.oidc_audience,
        uses_refresh_token='refresh_token' in settings.methods,
    )
    may_revoke = settings.may_revoke
    return Provider(settings.issuer, registration, http, clock, settings.clock_skew, may_revoke=may_revoke)


def _registry(settings: Settings, provider: Provider, store: SessionStore, clock: Clock) -> SessionRegistry:
    policy = Policy(
        redirect_uri=settings.silent_uri,
        methods=settings.renewal,  # of which a session has what its own sign-in left it
        hint=settings.id_token_hint,
    )
    rules = Rules(settings.renewal_lead, settings.renewal_grace, Limits(settings.session_idle, settings.session_max))
    make = partial(LiveSession, provider=provider, store=store, clock=clock, rules=rules, policy=policy)
    return SessionRegistry(make, store, clock, rules, provider.revoke_later)


def _api(settings: Settings) -> Api | None:
    if settings.api is None:
        return None
    is_here = urlsplit(settings.api).hostname in LOOPBACK_HOSTS
    return Api(settings.api, http_client(trust_env=not is_here))


def check_port(settings: Settings) -> None:
    """Raises `SettingsError` if something else listens there already; the server itself would end less clearly."""
    port = settings.listen_port()
    with socket.socket(socket.AF_INET6 if ':' in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, port))
        except OSError as error:
            raise SettingsError(f'PORT: cannot listen at {settings.host}:{port}: {error.strerror}') from error


def greet(settings: Settings) -> None:
    """Tell the person who started it where it is, and who signs people in."""
    who = 'with the demo provider, since OIDC_ISSUER is not set' if settings.is_demo else f'with {settings.issuer}'
    print(f'Stay Signed In is at {settings.base_url}, {who}.', flush=True)  # noqa: T201 - for a person at a terminal
