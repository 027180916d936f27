"""Processes over one store, and a token endpoint that writes down which refresh tokens it is sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.errors import ProviderFailed, StoreFailed
from app.oidc.http import http_client
from app.oidc.metadata import Registration
from app.oidc.provider_client import ProviderClient
from app.renewal.live_session import LiveSession
from app.renewal.methods import Policy
from app.renewal.state import Rules
from app.renewal.user_agents import UserAgent
from app.sessions.session import Session
from app.sessions.sqlite import SqliteSessionStore
from app.settings import RenewalMethod
from tests.clock import FakeClock
from tests.provider import CLIENT_ID, ISSUER, RecordingProvider
from tests.renewal.conftest import SILENT, SignedIn, revoking

REFRESH_ONLY: tuple[RenewalMethod, ...] = ('refresh_token',)


@pytest.fixture
def scope() -> str:
    return 'openid profile email offline_access'


@dataclass
class TokenEndpoint:
    """The provider's, which writes down each refresh token that it is sent; `afterwards` happens to what it answers."""

    provider: RecordingProvider
    sent: list[str]
    afterwards: Callable[[Response], Awaitable[Response]] | None = None

    async def __call__(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        self.sent += form.get('refresh_token', [])
        answer = await self.provider.forward(request)
        return await self.afterwards(answer) if self.afterwards else answer

    @property
    def twice(self) -> set[str]:
        """What was sent more than once."""
        return {token for token in self.sent if self.sent.count(token) > 1}


@pytest.fixture
def endpoint(provider: RecordingProvider) -> TokenEndpoint:
    endpoint = TokenEndpoint(provider, [])
    provider.instead['/token'] = endpoint
    return endpoint


def held(endpoint: TokenEndpoint) -> tuple[asyncio.Event, asyncio.Event]:
    """The moment at which it has answered, and what lets the answer go."""
    reached, release = asyncio.Event(), asyncio.Event()

    async def wait(answer: Response) -> Response:
        reached.set()
        await release.wait()
        return answer

    endpoint.afterwards = wait
    return reached, release


def changed(answer: Response, **changes: str) -> Response:
    """The answer with other members."""
    return JSONResponse({**json.loads(bytes(answer.body)), **changes})


class FlakyStore(SqliteSessionStore):
    """A store that fails to write while it is told to."""

    fails = False

    async def replace(self, old: Session, new: Session) -> bool:
        if self.fails:
            raise StoreFailed('the disk is full')
        return await super().replace(old, new)


@dataclass
class Process:
    """A process over the same store that has just started: it knows no keys, and nothing of what was before."""

    store: FlakyStore
    live: LiveSession


Start = Callable[..., Awaitable[Process]]


async def renew_unchecked(process: Process, provider: RecordingProvider) -> None:
    """A renewal whose answer comes and cannot be checked, since the provider's keys are out of reach from now on."""
    provider.answer('/jwks', status=503)
    with pytest.raises(ProviderFailed):
        await process.live.renew()


@pytest.fixture
async def started(
    alice: SignedIn, provider: RecordingProvider, tmp_path: Path, clock: FakeClock
) -> AsyncIterator[Start]:
    stores: list[FlakyStore] = []

    async def start(*frames: UserAgent, methods: tuple[RenewalMethod, ...] = REFRESH_ONLY) -> Process:
        store = FlakyStore(tmp_path / 'sessions.sqlite3', lambda: 'k' * 32)
        await store.open()
        stores.append(store)
        session = await store.load(alice.session.id)
        assert session is not None
        http = http_client(httpx.ASGITransport(provider))
        oidc = ProviderClient(ISSUER, Registration(CLIENT_ID, alice.session.refresh_scope), http, clock)
        policy = Policy(redirect_uri=SILENT, methods=methods)
        live = LiveSession(
            session,
            rules=Rules(),
            policy=policy,
            provider=oidc,
            store=store,
            clock=clock,
            on_end=revoking(oidc),
            jitter=lambda: 1.0,
        )
        for frame in frames:
            live.user_agents.add(frame)
        return Process(store, live)

    yield start
    for store in stores:
        await store.close()


def breaking(process: Process) -> Callable[[Response], Awaitable[Response]]:
    """Has the store of this process fail from the moment at which the answer comes."""

    async def break_store(answer: Response) -> Response:
        process.store.fails = True
        return answer

    return break_store
