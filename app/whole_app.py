"""What an app asks for that is all ours, as `main.py` is: it has no host whose ways are to be left alone."""

from __future__ import annotations

import multiprocessing
import socket
import uuid
from functools import partial
from typing import Any

from fastapi import FastAPI
from nicegui import app as nicegui_app
from starlette.requests import Request

from .app_context import AppContext
from .errors import SettingsError
from .native.window import prepare_window, window_options
from .secret_key import derive_key
from .settings import WINDOW_PATH, Settings
from .web.browser import cookie_name
from .web.host_names import HEALTH_PATH, HostNames, OwnRedirects
from .web.local_request import OnlyThisMachine
from .web.middleware import BasePath, PlainPaths, SecurityHeaders, content_security_policy

DEMO = 'the demo provider, since OIDC_ISSUER is not set'
OWNER = 'stay_signed_in_owner'  # in NiceGUI's cookie, beside the name of what `app.storage.user` keeps


def furnish(app: FastAPI, context: AppContext) -> None:
    """Add what every request passes through: security headers, one host name, plain paths; and the native window.

    Raises `SettingsError` if a native window is wanted that cannot be shown here.
    """
    settings = context.settings
    if settings.native:
        prepare_window(nicegui_app, settings, f'{settings.step_url(WINDOW_PATH)}?key={context.window_key}')
    app.add_middleware(SecurityHeaders, policy=partial(content_security_policy, context.providers))
    app.add_middleware(HostNames, base_url=settings.base_url, health_path=settings.step_path(HEALTH_PATH))
    if settings.has_demo and not settings.demo_allow_remote:
        app.add_middleware(OnlyThisMachine, trusted=settings.trusted_proxies)
    if app is nicegui_app:
        app.add_middleware(BasePath, base_url=settings.base_url)
    app.add_middleware(PlainPaths)
    app.add_middleware(OwnRedirects, base_url=settings.base_url)
    nicegui_app.on_startup(lambda: greet(settings))


def server_options(context: AppContext) -> dict[str, Any]:
    """What `ui.run` has to be told; its own defaults listen to the whole network and restart on changes.

    Raises `SettingsError` if the key cannot be read or made, or something else listens at the port.
    """
    settings = context.settings
    if multiprocessing.parent_process() is None:  # else the one that reloads this one listens there
        check_port(settings)
    return {
        'host': settings.host,
        'port': settings.listen_port(),
        'reload': False,
        'show': False,
        'proxy_headers': False,  # the server believes them of whoever is on this machine; we, of TRUSTED_PROXIES
        'reconnect_timeout': 15,  # seconds; a page that is offline for no longer is not loaded anew
        'storage_secret': derive_key(context.secret_key(), 'nicegui-storage').hex(),
        'session_middleware_kwargs': {
            'session_cookie': cookie_name(settings, 'storage'),
            'max_age': settings.cookie_max_age or None,  # until the browser is closed
            'same_site': 'lax',
            'https_only': settings.base_url.startswith('https:'),
        },
        **(window_options(settings) if settings.native else {}),
    }


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
    who = f'with {" and ".join(_called(own) for own in settings.each())}'
    print(f'Stay Signed In is at {settings.base_url}, {who}.', flush=True)  # noqa: T201 - for a person at a terminal


def _called(own: Settings) -> str:
    """The provider that these settings are for."""
    if not own.is_demo:
        return own.issuer
    return f'the demo provider {own.provider.name}' if own.provider.name else DEMO
