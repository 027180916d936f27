"""A session that ends while it is looked at has its tokens revoked, once, whoever notices."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.renewal import events
from app.renewal.limits import Limits
from app.sessions.session import Ending
from tests.provider import RecordingProvider
from tests.renewal.conftest import SignedIn, is_ended

LIMITS = [Limits(idle=600), Limits(maximum=600)]


@pytest.mark.parametrize('limits', LIMITS, ids=['idle', 'max'])
async def test_a_limit_that_ends_a_session_on_an_open_page_revokes_its_tokens(
    alice: SignedIn, provider: RecordingProvider, limits: Limits
) -> None:
    live = alice.make(alice.session, limits=limits)
    alice.clock.set(alice.clock.now() + 601)
    await live.wake()
    await alice.oidc.close()
    assert await is_ended(alice)
    assert provider.requests == ['/revoke']


async def test_two_processes_that_notice_the_same_end_revoke_once(alice: SignedIn, provider: RecordingProvider) -> None:
    lives = [alice.make(alice.session, limits=LIMITS[0]) for _ in range(2)]
    alice.clock.set(alice.clock.now() + 601)
    for live in lives:
        await live.wake()
    await alice.oidc.close()
    assert provider.requests == ['/revoke']


async def test_what_is_revoked_is_the_latest_that_the_store_has(
    alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = alice.make(alice.session, limits=LIMITS[0])
    tokens = replace(alice.session.tokens, access_token='the latest')
    assert await alice.store.replace(alice.session, alice.session.changed(tokens=tokens))
    heard: list[str] = []
    monkeypatch.setattr(alice.oidc, 'revoke_later', lambda _, access_token: heard.append(access_token))
    alice.clock.set(alice.clock.now() + 601)
    await live.wake()
    assert heard == ['the latest']


async def test_an_end_that_somebody_else_has_brought_about_is_theirs_to_revoke(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    live = alice.make(alice.session)
    await alice.store.end(alice.session.id, Ending('session_ended', alice.clock.now()))
    live.send(events.Ended())
    await live.settled()
    await alice.oidc.close()
    assert provider.requests == []
