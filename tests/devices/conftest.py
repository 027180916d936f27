"""Alice on several devices."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from app.app_context import AppContext
from app.oidc.providers import Providers
from app.renewal.clock_jumps import ClockJumpDetector
from app.renewal.live_session import LiveSession
from app.renewal.registry import SessionRegistry
from app.renewal.state import Rules
from app.sessions.session import Session
from app.settings import Settings
from tests.keeping import keep
from tests.renewal.conftest import FakeTab, SignedIn, revoking
from tests.renewal.conftest import alice as alice
from tests.renewal.conftest import scope as scope

SignIn = Callable[..., Awaitable[Session]]


@pytest.fixture
def settings() -> dict[str, Any]:
    """What is set beside the defaults."""
    return {}


@pytest.fixture
def context(alice: SignedIn, settings: dict[str, Any]) -> AppContext:
    """The parts of an app, as a page has them."""
    return AppContext(
        settings=Settings.model_validate(settings),
        clock=alice.clock,
        secret_key=lambda: 'k' * 40,
        providers=Providers([alice.oidc]),
        store=alice.store,
        registry=SessionRegistry(partial(alice.make), alice.store, alice.clock, Rules(), revoking(alice.oidc)),
        clock_jumps=ClockJumpDetector(alice.clock),
        demos={},
        apis={},
        system_browser=None,
        window_key=None,
        ended=revoking(alice.oidc),
    )


@pytest.fixture
def sign_in(alice: SignedIn, context: AppContext) -> SignIn:
    """One more session, of Alice unless another `subject` is said; its tokens are of its own."""

    async def sign_in(**changes: Any) -> Session:
        id, now = secrets.token_urlsafe(32), alice.clock.now()
        tokens = replace(alice.session.tokens, access_token=f'access-{id}', issued_at=now)
        session = replace(alice.session, id=id, browser=f'of {id}', tokens=tokens, signed_in_at=now, **changes)
        await keep(alice.store, session)
        return session

    return sign_in


def opened(context: AppContext, session: Session, tab: FakeTab | None = None) -> LiveSession:
    """A page is opened on that device."""
    return context.registry.open(session, tab or FakeTab())
