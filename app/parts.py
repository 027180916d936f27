"""Makes the parts of the app from its settings; nothing is opened yet."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

import httpx

from .api.client import Api
from .app_context import AppContext
from .clock import Clock
from .demo.demo import Demo
from .native.system_browser import SystemBrowser
from .oidc.http import ask, http_client
from .oidc.metadata import Registration
from .oidc.provider_client import ProviderClient
from .renewal.clock_jumps import ClockJumpDetector
from .renewal.limits import Limits
from .renewal.live_session import LiveSession
from .renewal.methods import Policy
from .renewal.registry import SessionRegistry
from .renewal.state import Rules
from .secret_key import secret_key
from .sessions.sqlite import SqliteSessionStore
from .sessions.store import SessionStore
from .settings import LOOPBACK_HOSTS, TICKET_PATH, Settings


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands in for the real thing in every `Auth` that is made in a test; only `testing` says so.

    `settings` and `parts` give what is to be in the place of those that the app has; its own store is not asked.
    `http` makes the client that asks the provider. `made` is told of each `Auth`.
    """

    clock: Clock
    http: Callable[[], httpx.AsyncClient]
    settings: Callable[[Settings], Settings]
    parts: Callable[[AppContext], AppContext]
    made: Callable[[Any], None]


def make_parts(settings: Settings, http: httpx.AsyncClient, clock: Clock, store: SessionStore | None) -> AppContext:
    """All of them, put together; `store` is SQLite's in DATA_DIR unless it is given."""
    key = cache(partial(secret_key, settings))
    store = store or SqliteSessionStore(settings.data_dir / 'sessions.sqlite3', key)
    provider = _provider(settings, http, clock)
    return AppContext(
        settings,
        clock,
        key,
        provider,
        store,
        _registry(settings, provider, store, clock),
        ClockJumpDetector(clock),
        Demo(settings, partial(ask, http, 'GET'), clock) if settings.is_demo else None,
        _api(settings),
        SystemBrowser(settings.step_url(TICKET_PATH)) if settings.signs_in_elsewhere else None,
        secrets.token_urlsafe(32) if settings.native else None,
    )


def _provider(settings: Settings, http: httpx.AsyncClient, clock: Clock) -> ProviderClient:
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
    return ProviderClient(settings.issuer, registration, http, clock, settings.clock_skew, may_revoke=may_revoke)


def _registry(settings: Settings, provider: ProviderClient, store: SessionStore, clock: Clock) -> SessionRegistry:
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
