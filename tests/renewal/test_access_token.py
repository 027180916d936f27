"""An access token for page code."""

from __future__ import annotations

import asyncio

import pytest

from app.errors import FrameSilent, InteractionRequired, SessionEnded, TokenExpired
from tests.clock import FakeClock
from tests.provider import RecordingProvider
from tests.renewal.answers import FailingFrame
from tests.renewal.conftest import SignedIn


async def test_a_fresh_token_is_used_as_it_is(alice: SignedIn, provider: RecordingProvider) -> None:
    """[refreshes a token only if outside of expiry]"""
    assert await alice.renewer().access_token() == alice.session.tokens.access_token
    assert provider.requests == []


async def test_a_token_near_its_end_is_renewed_once_for_all_who_ask(
    alice: SignedIn, provider: RecordingProvider, clock: FakeClock
) -> None:
    renewer = alice.renewer()
    await clock.advance(100)
    tokens = await asyncio.gather(*(renewer.access_token() for _ in range(3)))
    assert set(tokens) == {renewer.session.tokens.access_token}
    assert provider.requests == ['/authorize', '/token']


async def test_a_token_that_is_still_good_serves_while_the_renewal_fails(alice: SignedIn, clock: FakeClock) -> None:
    renewer = alice.renewer(FailingFrame(FrameSilent()))
    await clock.advance(100)
    assert await renewer.access_token() == alice.session.tokens.access_token


async def test_an_expired_token_that_cannot_be_renewed_yet_is_an_error_and_no_sign_out(
    alice: SignedIn, clock: FakeClock
) -> None:
    renewer = alice.renewer(FailingFrame(FrameSilent()))
    await clock.advance(121)
    with pytest.raises(TokenExpired):
        await renewer.access_token()
    assert renewer.state == 'retrying'


async def test_an_expired_token_that_never_can_be_says_why(alice: SignedIn, clock: FakeClock) -> None:
    renewer = alice.renewer(FailingFrame(InteractionRequired()))
    await clock.advance(121)
    with pytest.raises(InteractionRequired):
        await renewer.access_token()


async def test_after_a_logout_there_is_none(alice: SignedIn) -> None:
    """[getTokenSilently after logout throws]"""
    renewer = alice.renewer()
    renewer.end()
    with pytest.raises(SessionEnded):
        await renewer.access_token()
