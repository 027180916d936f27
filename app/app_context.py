"""The parts of the running app, as one value."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .api.client import Api
from .clock import Clock
from .demo.demo import Demo
from .hooks.hook_calls import HookCalls
from .hooks.hooks import Hooks
from .native.system_browser import SystemBrowser
from .oidc.id_token import Claims
from .oidc.provider_client import ProviderClient
from .oidc.providers import Providers
from .renewal.clock_jumps import ClockJumpDetector
from .renewal.registry import SessionRegistry
from .sessions.roles import RolesFound
from .sessions.session import Ending, Session
from .sessions.store import SessionStore
from .settings import Settings


def no_roles(_: Claims) -> RolesFound:
    return RolesFound()


def no_storage(_: Session) -> dict[str, Any]:
    raise RuntimeError('there is no storage for each person here')


def no_hooks() -> HookCalls:
    return HookCalls(Hooks(), Clock(), 0.0, lambda _: frozenset())


@dataclass(frozen=True, slots=True)
class AppContext:
    """What routes and pages work with; `Auth` makes it.

    `secret_key` gives the key, and raises `SettingsError` where it can be neither read nor made; the key is no part of
    the value, since a file may have to be read for it.
    """

    settings: Settings
    clock: Clock
    secret_key: Callable[[], str]
    providers: Providers
    store: SessionStore
    registry: SessionRegistry
    clock_jumps: ClockJumpDetector
    demos: Mapping[str, Demo]  # by the name of the provider that each one stands in for
    apis: Mapping[str, Api]  # by the name of the provider whose access tokens they take; none without
    system_browser: SystemBrowser | None  # where the native window lets people sign in; None: in itself
    window_key: str | None  # by which the native window is known; None without one
    ended: Callable[[Session, Ending], None]  # to be called with what a session was until it ended
    roles_of: Callable[[Claims], RolesFound] = no_roles
    storage_of: Callable[[Session], dict[str, Any]] = no_storage
    hooks: HookCalls = field(default_factory=no_hooks)

    def provider_of(self, session: Session | None) -> ProviderClient | None:
        """The provider that a session is of, None if it is used no more; the only one, where nothing is known of it."""
        return self.providers.of(session) if session is not None and session.issuer else self.providers.only

    def provider_name(self, session: Session) -> str:
        """What the provider of this session is called now; empty for the only one, unless it was given a name."""
        provider = self.providers.of(session)
        return provider.name if provider is not None else session.provider

    def api_of(self, session: Session | None) -> Api | None:
        """The API that takes the access tokens of this session; for a visitor the first one, None if there is none."""
        provider = self.provider_of(session) if session is not None else next(iter(self.providers))
        return self.apis.get(provider.name) if provider is not None else None

    def is_window_key(self, value: object) -> bool:
        """Whether this is the key of the native window; nothing is where there is none."""
        known = self.window_key
        return known is not None and isinstance(value, str) and hmac.compare_digest(value.encode(), known.encode())

    def outside(self, window_key: object) -> SystemBrowser | None:
        """Where a browser with this key signs in if not in itself: only the native window, if NATIVE_LOGIN says so."""
        return self.system_browser if self.is_window_key(window_key) else None
