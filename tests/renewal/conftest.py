"""A session that is signed in at the test provider, and everything that keeps it alive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.errors import AuthError
from app.oidc.http import http_client
from app.oidc.metadata import Registration
from app.oidc.provider_client import ProviderClient
from app.renewal.events import Failure
from app.renewal.limits import Limits
from app.renewal.live_session import LiveSession
from app.renewal.methods import Policy
from app.renewal.registry import SessionRegistry
from app.renewal.state import Rules
from app.renewal.user_agents import UserAgent
from app.sessions.session import OnEnd, Session
from app.sessions.sqlite import SqliteSessionStore
from app.sessions.tokens.revoke import revoke_tokens
from tests.clock import START, FakeClock
from tests.keeping import keep
from tests.provider import APP_URL, CLIENT_ID, ISSUER, HttpFrame, RecordingProvider


def kind(failure: Failure | None) -> type[AuthError] | None:
    """What kind of error it was."""
    return failure.kind if failure else None


async def finished(live: LiveSession) -> None:
    """Wait for the renewal that is under way, whatever comes of it."""
    if live.phase == 'renewing':
        with suppress(AuthError):  # it is the state that tells
            await live.renew()


def revoking(oidc: ProviderClient) -> OnEnd:
    """What the app does when a session ends."""
    return lambda ended, _: revoke_tokens(ended, oidc.revoke_later)


SILENT = f'{APP_URL}/silent'


@dataclass
class SignedIn:
    """Alice, signed in, with nothing renewed yet."""

    session: Session
    oidc: ProviderClient
    store: SqliteSessionStore
    frame: HttpFrame
    make: Callable[..., LiveSession]
    clock: FakeClock

    def without_end(self) -> Session:
        """Her session, with a token that lives longer than any test."""
        return replace(self.session, tokens=replace(self.session.tokens, expires_at=START + 10_000_000))

    def registry(self, **options: Any) -> SessionRegistry:
        """All sessions of a process with these options."""
        rules = Rules(limits=options.get('limits', Limits()))
        return SessionRegistry(partial(self.make, **options), self.store, self.clock, rules)

    def live(self, *frames: UserAgent, **policy: Any) -> LiveSession:
        """With these frames, else with the one that works."""
        live = self.make(self.session, **policy)
        for frame in frames or (self.frame,):
            live.user_agents.add(frame)
        return live


async def is_ended(alice: SignedIn) -> bool:
    """Whether nothing but the mark of her session is left."""
    session = await alice.store.load(alice.session.id)
    return session is not None and session.ended is not None and session.tokens.access_token == ''


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
    oidc = ProviderClient(ISSUER, Registration(CLIENT_ID, scope, silent_uri=SILENT), http, clock)
    store = SqliteSessionStore(tmp_path / 'sessions.sqlite3', lambda: 'k' * 32)
    await store.open()
    frame = HttpFrame(provider)
    await frame.sign_in_at_provider('alice')
    request = await oidc.silent_request(SILENT)
    session = Session.begin(
        await oidc.redeem(request, await frame.authorize(request.url)), {}, 'browser', frame_works=True
    )
    await keep(store, session)
    provider.requests.clear()

    def make(
        session: Session,
        *,
        limits: Limits | None = None,
        on_renewal: Callable[[Session], object] = lambda _: None,
        **policy: Any,
    ) -> LiveSession:
        return LiveSession(
            session,
            rules=Rules(limits=limits or Limits()),
            policy=Policy(redirect_uri=SILENT, **policy),
            provider=oidc,
            store=store,
            clock=clock,
            on_end=revoking(oidc),
            on_renewal=on_renewal,
            jitter=lambda: 1.0,
        )

    yield SignedIn(session, oidc, store, frame, make, clock)
    await oidc.close()
    await http.aclose()
    await store.close()
