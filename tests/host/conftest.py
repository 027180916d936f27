"""Apps of somebody else, in this process, with the test's provider and clock."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import httpx
import pytest
from nicegui.testing import User, user_simulation
from nicegui.testing.user_interaction import UserInteraction

from app.oidc.http import http_client
from app.web.links import PAGE_KEY_HEADER
from tests.clock import FakeClock
from tests.host import seen
from tests.person import Person
from tests.provider import APP_URL, CLIENT_ID, RecordingProvider

MOST_TRIES = 50  # of showing the cookie, which comes with the answer to the sign-in
PAGE_KEY = re.compile(f'"{PAGE_KEY_HEADER}": "([^"]+)"')


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Nothing was seen by an app before this one."""
    seen.names.clear()
    yield
    seen.names.clear()


async def opened(person: Person, path: str) -> User:
    """The page in this browser, which does as its script would when somebody signs in there."""
    user = User(person.http)
    asking: set[asyncio.Task[None]] = set()

    async def prove(key: str) -> None:
        for _ in range(MOST_TRIES):
            if (await person.http.post('/signed-in', headers={PAGE_KEY_HEADER: key})).is_success:
                return

    outbox = (await user.open(path)).outbox
    emit = outbox._emit

    async def emit_and_run(message: Any) -> None:
        await emit(message)
        if message[1] == 'run_javascript' and (key := PAGE_KEY.search(message[2]['code'])):
            asking.add(asyncio.create_task(prove(key[1])))

    outbox._emit = emit_and_run  # type: ignore[method-assign]
    return user


def press(user: User, text: str) -> None:
    """Click the button that says this."""
    UserInteraction(user, user.find(text).elements, None).click()


@pytest.fixture
def script() -> str:
    """What the host's app is; a test module has one of its own."""
    raise NotImplementedError


@pytest.fixture
async def host(
    script: str, provider: RecordingProvider, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[User]:
    """The app is running; somebody who opens its pages without a browser."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'argv', ['host.py'])
    monkeypatch.setenv('OIDC_ISSUER', provider.issuer)
    monkeypatch.setenv('OIDC_CLIENT_ID', CLIENT_ID)
    monkeypatch.setenv('STAY_SIGNED_IN_BASE_URL', APP_URL)
    monkeypatch.setattr('app.auth.provider_http', lambda _: http_client(httpx.ASGITransport(provider)))
    monkeypatch.setattr('app.auth.Clock', lambda: clock)
    file = tmp_path / 'host.py'
    file.write_text(dedent(script), encoding='utf-8')
    async with user_simulation(main_file=file) as user:
        yield user
