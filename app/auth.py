"""Puts sign-in into a NiceGUI app."""

from __future__ import annotations

import socket
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from nicegui import App, background_tasks

from .api.client import Api
from .app_context import AppContext
from .clock import Clock
from .demo.demo import Demo
from .errors import AppError, SettingsError
from .native.window import prepare_window, window_options
from .oidc.http import ask, http_client
from .secret_key import secret_key
from .settings import DEMO_PATH, LOOPBACK_HOSTS, WINDOW_PATH, Settings
from .web import routes
from .web.browser import cookie_options
from .web.middleware import OneLoopbackHost, PlainPaths, SecurityHeaders, content_security_policy
from .web.plain_error import plain_error


def wire(app: App, settings: Settings) -> AppContext:
    """Add the routes, the security headers and, where no issuer is set, the demo provider; prepare the native window.

    Raises `SettingsError` if something on this machine does not allow what is set.
    """
    key = secret_key(settings)
    http = http_client(trust_env=not settings.is_demo)  # no proxy between us and ourselves
    clock = Clock()
    demo = Demo(settings, key, partial(ask, http, 'GET'), clock) if settings.is_demo else None
    services = AppContext.of(settings, key, http=http, clock=clock, demo=demo, api=_api(settings))
    if demo is not None:
        app.mount(DEMO_PATH, demo.app)
        app.on_shutdown(demo.close)
    check_port(settings)
    if settings.native:
        prepare_window(app, settings, f'{settings.base_url}{WINDOW_PATH}?key={services.window_key}')
    app.on_startup(lambda: greet(settings))
    app.on_startup(lambda: background_tasks.create(services.clock_jumps.watch(), name='clock_jumps'))
    app.on_shutdown(services.close)
    routes.register(app, services)
    app.add_exception_handler(AppError, plain_error)
    app.add_middleware(SecurityHeaders, policy=partial(content_security_policy, services.provider))
    app.add_middleware(OneLoopbackHost, base_url=settings.base_url)
    app.add_middleware(PlainPaths)
    return services


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


def server_options(settings: Settings) -> dict[str, Any]:
    """What `ui.run` has to be told; its own defaults listen to the whole network and restart on changes."""
    return {
        'host': settings.host,
        'port': settings.listen_port(),
        'reload': False,
        'show': False,
        'reconnect_timeout': 15,  # seconds; a page that is offline for no longer is not loaded anew
        'storage_secret': secret_key(settings),
        'session_middleware_kwargs': cookie_options(settings),
        **(window_options(settings) if settings.native else {}),
    }
