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
from .errors import ProviderGone
from .hooks.hook_calls import HookCalls
from .native.system_browser import SystemBrowser
from .oidc.client_auth.configured import registration
from .oidc.http import ask, http_client
from .oidc.provider_client import ProviderClient
from .oidc.providers import Providers
from .renewal.clock_jumps import ClockJumpDetector
from .renewal.limits import Limits
from .renewal.live_session import LiveSession
from .renewal.methods import Policy
from .renewal.registry import SessionRegistry
from .renewal.state import Rules
from .secret_key import secret_key
from .sessions.session import Ending, OnEnd, Session
from .sessions.sqlite import SqliteSessionStore
from .sessions.store import SessionStore
from .sessions.tokens.revoke import revoke_tokens
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


HttpOf = Callable[[Settings], httpx.AsyncClient]  # what asks the provider that these settings are for


def make_parts(
    settings: Settings, http_of: HttpOf, clock: Clock, store: SessionStore | None, hooks: HookCalls
) -> AppContext:
    """All of them, put together; `store` is SQLite's in DATA_DIR unless it is given."""
    key, each = cache(partial(secret_key, settings)), settings.each()
    store = store or SqliteSessionStore(settings.data_dir / 'sessions.sqlite3', key)
    https = {own.provider.name: http_of(own) for own in each}
    providers = Providers([_provider(own, https[own.provider.name], clock) for own in each])
    on_end, demos = partial(_ended, providers, hooks), [own for own in each if own.is_demo]
    return AppContext(
        settings,
        clock,
        key,
        providers,
        store,
        _registry(settings, providers, store, clock, on_end, hooks),
        ClockJumpDetector(clock),
        {own.provider.name: Demo(own, partial(ask, https[own.provider.name], 'GET'), clock) for own in demos},
        {own.provider.name: api for own in each if (api := _api(own)) is not None},
        SystemBrowser(settings.step_url(TICKET_PATH)) if settings.signs_in_elsewhere else None,
        secrets.token_urlsafe(32) if settings.native else None,
        on_end,
        hooks=hooks,
    )


def _ended(providers: Providers, hooks: HookCalls, session: Session, ending: Ending) -> None:
    """Nobody uses the tokens of this session any more, and the app is told why."""
    if (provider := providers.of(session)) is not None:
        revoke_tokens(session, provider.revoke_later)
    hooks.ended(session, ending.code)


def _provider(own: Settings, http: httpx.AsyncClient, clock: Clock) -> ProviderClient:
    """The provider that these settings are for. Raises `SettingsError` if a key of the client is of no use."""
    return ProviderClient(
        own.issuer,
        registration(own),
        http,
        clock,
        own.clock_skew,
        may_revoke=own.may_revoke,
        internal_issuer=own.oidc_internal_issuer,
    )


def _registry(
    settings: Settings, providers: Providers, store: SessionStore, clock: Clock, on_end: OnEnd, hooks: HookCalls
) -> SessionRegistry:
    rules = Rules(settings.renewal_lead, settings.renewal_grace, Limits(settings.session_idle, settings.session_max))

    def make(session: Session) -> LiveSession:
        if (provider := providers.of(session)) is None:
            raise ProviderGone
        policy = Policy(
            redirect_uri=provider.registration.silent_uri,
            methods=settings.renewal,  # of which a session has what its own sign-in left it
            hint=settings.id_token_hint,
        )
        return LiveSession(
            session,
            rules=rules,
            policy=policy,
            provider=provider,
            store=store,
            clock=clock,
            on_end=on_end,
            on_renewal=hooks.renewed,
        )

    return SessionRegistry(make, store, clock, rules, on_end, lambda session: providers.of(session) is not None)


def _api(settings: Settings) -> Api | None:
    if settings.api is None:
        return None
    is_here = urlsplit(settings.api).hostname in LOOPBACK_HOSTS
    return Api(settings.api, http_client(trust_env=not is_here))
