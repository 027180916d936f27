"""A token endpoint that has tokens for several APIs, and a tab that wakes its session as a real one does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.renewal.events import Returned
from app.renewal.live_session import LiveSession
from app.renewal.registry import SessionRegistry
from app.sessions.session import Session
from tests.clock import FakeClock
from tests.provider import ISSUER, RecordingProvider
from tests.renewal.conftest import FakeTab, SignedIn

API_A, API_B, UNKNOWN = f'{ISSUER}/api', f'{ISSUER}/reports', 'https://unknown.example.com'
HOUR = 3600
EACH = 90  # seconds after which a token of 120 s is renewed


@pytest.fixture
def scope() -> str:
    return 'openid profile email offline_access'


@dataclass
class Resources:
    """The provider's token endpoint, which counts what it is asked and refuses an unknown `resource` (RFC 8707 §2.2).

    `granted` is how often each resource had a token, None for the session's own; `audiences` is for which one each
    access token is; `asked` are the resources of all requests. `overlaps` counts requests that came while another was
    answered. `instead` answers requests for a resource in another way.
    """

    provider: RecordingProvider
    granted: dict[str | None, int] = field(default_factory=dict)
    audiences: dict[str, str | None] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)
    overlaps: int = 0
    instead: dict[str | None, Callable[[], Response]] = field(default_factory=dict)
    refuses_refresh_tokens: bool = False
    _is_busy: bool = False

    async def __call__(self, request: Request) -> Response:
        self.overlaps += self._is_busy
        self._is_busy = True
        try:
            for _ in range(5):
                await asyncio.sleep(0)
            return await self._answer(request)
        finally:
            self._is_busy = False

    async def _answer(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        resource = form.get('resource', [None])[0]
        self.sent += form.get('refresh_token', [])
        self.asked.append(resource)
        if self.refuses_refresh_tokens and 'refresh_token' in form:
            return JSONResponse({'error': 'invalid_grant'}, 400)
        if resource in self.instead:
            return self.instead[resource]()
        if resource not in {None, API_A, API_B}:
            return JSONResponse({'error': 'invalid_target'}, 400)
        answer = await self.provider.forward(request)
        if answer.status_code == 200:
            token = json.loads(bytes(answer.body))['access_token']
            self.granted[resource] = self.granted.get(resource, 0) + 1
            self.audiences[token] = resource
        return answer


@pytest.fixture
def resources(provider: RecordingProvider, alice: SignedIn) -> Resources:
    resources = Resources(provider)
    provider.instead['/token'] = resources
    resources.audiences[alice.session.tokens.access_token] = None
    return resources


async def idle(live: LiveSession) -> None:
    """Wait until nothing is being renewed."""
    changed = asyncio.Event()
    live.changed.subscribe(changed.set)
    while live.phase == 'renewing' or any(known.is_renewing for known in live.state.audiences.values()):
        changed.clear()
        await changed.wait()
    live.changed.unsubscribe(changed.set)


@dataclass
class OpenTab:
    """A tab whose timer wakes its session, until it is closed."""

    registry: SessionRegistry
    live: LiveSession
    clock: FakeClock
    tab: FakeTab = field(default_factory=FakeTab)

    @classmethod
    def of(cls, registry: SessionRegistry, session: Session, alice: SignedIn) -> OpenTab:
        tab = FakeTab()
        opened = cls(registry, registry.open(session, tab), alice.clock, tab)
        opened.live.user_agents.add(alice.frame)
        opened.live.send(Returned())
        opened.timer = asyncio.create_task(opened._watch())
        return opened

    async def _watch(self) -> None:
        while True:
            await self.clock.sleep(1)
            moment = self.live.wakes_at
            if moment is not None and moment <= self.clock.now():
                await self.live.wake()

    timer: asyncio.Task[None] = field(init=False)

    def close(self) -> None:
        self.timer.cancel()
        self.registry.leave(self.live, self.tab)


Open = Callable[[SessionRegistry, Session], OpenTab]


@pytest.fixture
async def opened(alice: SignedIn) -> AsyncIterator[Open]:
    tabs: list[OpenTab] = []

    def open_tab(registry: SessionRegistry, session: Session) -> OpenTab:
        tabs.append(OpenTab.of(registry, session, alice))
        return tabs[-1]

    yield open_tab
    for tab in tabs:
        tab.timer.cancel()
