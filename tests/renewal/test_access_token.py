"""An access token for page code."""

from __future__ import annotations

import asyncio

import pytest

from app.errors import InteractionRequired, SessionEnded, SilentTimeout, TokenExpired
from tests.clock import FakeClock
from tests.provider import RecordingProvider
from tests.renewal.answers import FailingFrame
from tests.renewal.conftest import SignedIn


async def test_a_fresh_token_is_used_as_it_is(alice: SignedIn, provider: RecordingProvider) -> None:
    """[refreshes a token only if outside of expiry]"""
    assert await alice.live().access_token() == alice.session.tokens.access_token
    assert provider.requests == []


async def test_a_token_near_its_end_is_renewed_once_for_all_who_ask(
    alice: SignedIn, provider: RecordingProvider, clock: FakeClock
) -> None:
    live = alice.live()
    await clock.advance(100)
    tokens = await asyncio.gather(*(live.access_token() for _ in range(3)))
    assert set(tokens) == {live.session.tokens.access_token}
    assert provider.requests == ['/authorize', '/token']


async def test_a_token_that_is_still_good_serves_while_the_renewal_fails(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.live(FailingFrame(SilentTimeout()))
    await clock.advance(100)
    assert await live.access_token() == alice.session.tokens.access_token


async def test_an_expired_token_that_cannot_be_renewed_yet_is_an_error_and_no_sign_out(
    alice: SignedIn, clock: FakeClock
) -> None:
    live = alice.live(FailingFrame(SilentTimeout()))
    await clock.advance(121)
    with pytest.raises(TokenExpired):
        await live.access_token()
    assert live.state == 'retrying'


async def test_an_expired_token_that_never_can_be_says_why(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.live(FailingFrame(InteractionRequired()))
    await clock.advance(121)
    with pytest.raises(InteractionRequired):
        await live.access_token()


async def test_after_a_logout_there_is_none(alice: SignedIn) -> None:
    """[getTokenSilently after logout throws]"""
    live = alice.live()
    live.end()
    with pytest.raises(SessionEnded):
        await live.access_token()
