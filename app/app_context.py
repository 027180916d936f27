"""The parts of the running app, put together once."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from functools import partial
from typing import Self

import httpx

from .api.client import Api
from .clock import Clock
from .demo.demo import Demo
from .native.system_browser import SystemBrowser
from .oidc.metadata import Registration
from .oidc.provider import Provider
from .renewal.clock_jumps import ClockJumpDetector
from .renewal.limits import Limits
from .renewal.live_session import LiveSession
from .renewal.methods import Policy
from .renewal.registry import SessionRegistry
from .renewal.state import Rules
from .sessions.session import Session
from .sessions.sqlite import SqliteSessionStore
from .sessions.store import SessionStore
from .settings import TICKET_PATH, Settings
from .web.browser import Browser
from .web.csrf import Csrf


@dataclass(frozen=True, slots=True)
class AppContext:
    """What routes and pages work with."""

    settings: Settings
    clock: Clock
    http: httpx.AsyncClient
    provider: Provider
    store: SessionStore
    registry: SessionRegistry
    clock_jumps: ClockJumpDetector
    csrf: Csrf
    demo: Demo | None  # None with a real provider
    api: Api | None  # None if none is configured
    system_browser: SystemBrowser | None  # where the native window lets people sign in; None: in itself
    window_key: str | None  # by which the native window is known; None without one

    @classmethod
    def of(
        cls,
        settings: Settings,
        secret_key: str,
        *,
        http: httpx.AsyncClient,
        clock: Clock,
        demo: Demo | None = None,
        api: Api | None = None,
    ) -> Self:
        """The parts for the provider that is configured."""
        secret = settings.oidc_client_secret
        registration = Registration(
            client_id=settings.client_id,
            scope=settings.scope,
            client_secret=secret.get_secret_value() if secret else None,
            audience=settings.oidc_audience,
        )
        provider = Provider(settings.issuer, registration, http, clock, settings.clock_skew)
        store = SqliteSessionStore(settings.data_dir / 'sessions.sqlite3', secret_key)
        rules = Rules(
            settings.renewal_lead, settings.renewal_grace, Limits(settings.session_idle, settings.session_max)
        )
        make_live_session = partial(
            LiveSession,
            provider=provider,
            store=store,
            clock=clock,
            rules=rules,
            policy=Policy(
                redirect_uri=settings.silent_uri,
                methods=settings.renewal,  # of which a session has what its own sign-in left it
                hint=settings.id_token_hint,
            ),
        )
        return cls(
            settings,
            clock,
            http,
            provider,
            store,
            SessionRegistry(make_live_session, store, clock, rules),
            ClockJumpDetector(clock),
            Csrf(secret_key),
            demo,
            api,
            SystemBrowser(settings.base_url + TICKET_PATH) if settings.signs_in_elsewhere else None,
            secrets.token_urlsafe(32) if settings.native else None,
        )

    def is_window_key(self, value: object) -> bool:
        """Whether this is the key of the native window; nothing is where there is none."""
        known = self.window_key
        return known is not None and isinstance(value, str) and hmac.compare_digest(value.encode(), known.encode())

    def outside(self, browser: Browser) -> SystemBrowser | None:
        """Where this browser signs in if not in itself: only the native window does so, if NATIVE_LOGIN says it."""
        return self.system_browser if self.is_window_key(browser.window_key) else None

    async def present_session(self, session_id: str | None) -> Session | None:
        """The session of a person who opens a page now; one that is beyond its limits is over."""
        session = await self.registry.present(session_id) if session_id else None
        return None if session is None or session.ended else session

    async def close(self) -> None:
        """Drop renewals that are under way, then let go of connections and files."""
        await self.registry.close()
        await self.http.aclose()
        if self.api is not None:
            await self.api.close()
        await self.store.close()
