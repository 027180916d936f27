"""The hooks of an app, and a session that is about to begin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.hooks.hook_calls import HookCalls
from app.hooks.hooks import Hooked
from app.sessions.roles import roles_of
from app.sessions.session import Session
from tests.clock import FakeClock
from tests.sessions.test_session import grant

SECONDS = 10.0


class Hooking(Hooked):
    """An app with hooks, and how they are called."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.calls = HookCalls(self._hooks, clock, SECONDS, lambda claims: roles_of(claims, None, 'app').roles)


@pytest.fixture
async def auth(clock: FakeClock) -> AsyncIterator[Hooking]:
    auth = Hooking(clock)
    yield auth
    await auth.calls.close()


@pytest.fixture
def session() -> Session:
    return Session.begin(grant(name='Alice', roles=['viewer']), {}, 'browser', provider='work')


async def never(*_: Any) -> None:
    """A hook that hangs."""
    await asyncio.get_running_loop().create_future()
