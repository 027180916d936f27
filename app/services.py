"""The parts of the running app, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Self

import httpx

from app.clock import Clock
from app.csrf import Csrf
from app.oidc.metadata import Registration
from app.oidc.provider import Provider
from app.renewal.renewer import Renewer
from app.renewal.renewers import Renewers
from app.sessions.sqlite import SqliteSessionStore
from app.sessions.store import SessionStore
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """What routes and pages work with."""

    settings: Settings
    clock: Clock
    http: httpx.AsyncClient
    provider: Provider
    store: SessionStore
    renewers: Renewers
    csrf: Csrf

    @property
    def callback_uri(self) -> str:
        return f'{self.settings.base_url}/callback'

    @property
    def silent_uri(self) -> str:
        return f'{self.settings.base_url}/silent'

    @classmethod
    def of(cls, settings: Settings, secret_key: str, *, http: httpx.AsyncClient, clock: Clock) -> Self:
        """The parts for the provider that is configured."""
        secret = settings.oidc_client_secret
        registration = Registration(
            client_id=settings.client_id,
            scope=settings.scope,
            client_secret=secret.get_secret_value() if secret else None,
            audience=settings.oidc_audience,
        )
        provider = Provider(settings.issuer, registration, http, clock)
        store = SqliteSessionStore(settings.data_dir / 'sessions.sqlite3', secret_key)
        make_renewer = partial(
            Renewer,
            provider=provider,
            store=store,
            clock=clock,
            redirect_uri=f'{settings.base_url}/silent',
            renewal_lead=settings.renewal_lead,
            id_token_hint=settings.id_token_hint == 'always',
        )
        return cls(settings, clock, http, provider, store, Renewers(make_renewer), Csrf(secret_key))

    async def close(self) -> None:
        """Let go of connections and files."""
        await self.http.aclose()
        await self.store.close()
