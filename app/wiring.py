"""Puts sign-in into a NiceGUI app."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import FastAPI

from app import routes
from app.browser import cookie_options
from app.clock import Clock
from app.demo.stand_in import stand_in
from app.middleware import OneLoopbackHost, SecurityHeaders, content_security_policy
from app.oidc.http import http_client
from app.services import Services
from app.sessions.vault import secret_key
from app.settings import DEMO_PATH, Settings


def wire(app: FastAPI, settings: Settings) -> Services:
    """Add the routes, the security headers and, where no issuer is set, the demo provider."""
    key = secret_key(settings)
    http = http_client(trust_env=not settings.is_demo)  # no proxy between us and ourselves
    services = Services.of(settings, key, http=http, clock=Clock())
    if settings.is_demo:
        app.mount(DEMO_PATH, stand_in(settings, key).app)
    routes.register(app, services)
    app.add_middleware(SecurityHeaders, policy=partial(content_security_policy, services.provider))
    app.add_middleware(OneLoopbackHost, base_url=settings.base_url)
    return services


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
    }
