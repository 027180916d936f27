"""A session that is signed in at the test provider, and everything that keeps it alive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.oidc.http import http_client
from app.oidc.metadata import Registration
from app.oidc.provider import Provider
from app.renewal.history import History
from app.renewal.live_session import LiveSession
from app.renewal.methods import Policy
from app.renewal.user_agents import UserAgent
from app.sessions.session import Session
from app.sessions.sqlite import SqliteSessionStore
from tests.clock import FakeClock
from tests.keeping import keep
from tests.provider import APP_URL, CLIENT_ID, ISSUER, HttpFrame, RecordingProvider

SILENT = f'{APP_URL}/silent'


@dataclass
class SignedIn:
    """Alice, signed in, with nothing renewed yet."""

    session: Session
    oidc: Provider
    store: SqliteSessionStore
    frame: HttpFrame
    make: Callable[..., LiveSession]

    def live(self, *frames: UserAgent, **policy: Any) -> LiveSession:
        """With these frames, else with the one that works."""
        live = self.make(self.session, **policy)
        for frame in frames or (self.frame,):
            live.frames.add(frame)
        return live


@dataclass
class FakeTab:
    """An `OpenTab` that is open all the time."""

    opened_at: float = 0.0
    id: str | None = 'tab'
    path: str = '/'
    is_connected: bool = True


@pytest.fixture
def scope() -> str:
    """What Alice's sign-in asks for; a module that needs more has its own."""
    return 'openid profile email'


@pytest.fixture
async def alice(
    nicegui_loop: None, provider: RecordingProvider, clock: FakeClock, tmp_path: Path, scope: str
) -> AsyncIterator[SignedIn]:
    http = http_client(httpx.ASGITransport(provider))
    oidc = Provider(ISSUER, Registration(CLIENT_ID, scope), http, clock)
    store = SqliteSessionStore(tmp_path / 'sessions.sqlite3', 'k' * 32)
    frame = HttpFrame(provider)
    await frame.sign_in_at_provider('alice')
    request = await oidc.silent_request(SILENT)
    session = Session.begin(
        await oidc.redeem(request, await frame.authorize(request.url)), {}, 'browser', frame_works=True
    )
    await keep(store, session)
    provider.requests.clear()

    def make(session: Session, *, history: History | None = None, **policy: Any) -> LiveSession:
        return LiveSession(
            session,
            policy=Policy(redirect_uri=SILENT, **policy),
            provider=oidc,
            store=store,
            clock=clock,
            history=history,
            jitter=lambda: 1.0,
        )

    yield SignedIn(session, oidc, store, frame, make)
    await http.aclose()
    await store.close()
