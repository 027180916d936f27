"""A session that is signed in at the test provider, and everything that keeps it alive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app.oidc.http import http_client
from app.oidc.metadata import Registration
from app.oidc.provider import Provider
from app.renewal.renewer import Renewer
from app.sessions.session import Session
from app.sessions.sqlite import SqliteSessionStore
from tests.clock import FakeClock
from tests.provider import APP_URL, CLIENT_ID, ISSUER, HttpFrame, RecordingProvider

SILENT = f'{APP_URL}/silent'


@dataclass
class SignedIn:
    """Alice, signed in, with nothing renewed yet."""

    session: Session
    store: SqliteSessionStore
    frame: HttpFrame
    make: Callable[[Session], Renewer]

    def renewer(self) -> Renewer:
        return self.make(self.session)


@pytest.fixture
async def alice(
    nicegui_loop: None, provider: RecordingProvider, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[SignedIn]:
    http = http_client(httpx.ASGITransport(provider))
    oidc = Provider(ISSUER, Registration(CLIENT_ID, 'openid profile email'), http, clock)
    store = SqliteSessionStore(tmp_path / 'sessions.sqlite3', 'k' * 32)
    frame = HttpFrame(provider)
    await frame.sign_in_at_provider('alice')
    request = await oidc.silent_request(SILENT)
    session = Session.begin(await oidc.redeem(request, await frame.authorize(request.url)), {})
    await store.create(session)
    provider.requests.clear()

    def make(session: Session) -> Renewer:
        return Renewer(
            session,
            provider=oidc,
            store=store,
            clock=clock,
            redirect_uri=SILENT,
            renewal_lead=60,
            jitter=lambda: 1.0,
        )

    yield SignedIn(session, store, frame, make)
    await http.aclose()
    await store.close()
