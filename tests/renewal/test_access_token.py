"""An access token for page code."""

from __future__ import annotations

import asyncio

import pytest

from app.errors import InteractionRequired, SessionEnded, SilentTimeout, TokenExpired
from app.renewal.events import Ended
from tests.clock import FakeClock
from tests.provider import RecordingProvider
from tests.renewal.answers import FailingFrame
from tests.renewal.conftest import SignedIn, finished


async def test_a_fresh_token_is_used_as_it_is(alice: SignedIn, provider: RecordingProvider) -> None:
    """[refreshes a token only if outside of expiry]"""
    assert await alice.live().access_token() == alice.session.tokens.access_token
    assert provider.requests == []


async def test_a_token_near_its_end_is_given_at_once_and_renewed_once_behind_all_who_use_it(
    alice: SignedIn, provider: RecordingProvider, clock: FakeClock
) -> None:
    live, release = alice.live(), provider.hang('/token')
    await clock.advance(119)
    tokens = await asyncio.gather(*(live.access_token() for _ in range(3)))
    assert set(tokens) == {alice.session.tokens.access_token}
    assert live.phase == 'renewing'
    release.set()
    await finished(live)
    assert await live.access_token() == live.session.tokens.access_token != tokens[0]
    assert provider.requests == ['/authorize', '/token']


async def test_a_token_that_is_still_good_serves_while_the_renewal_fails(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.live(FailingFrame(SilentTimeout()))
    await clock.advance(111)
    for _ in range(9):
        assert await live.access_token() == alice.session.tokens.access_token
        await finished(live)
        await clock.advance(1)


async def test_a_token_that_has_expired_is_renewed_once_for_all_who_wait(
    alice: SignedIn, provider: RecordingProvider, clock: FakeClock
) -> None:
    live = alice.live()
    await clock.advance(121)
    tokens = await asyncio.gather(*(live.access_token() for _ in range(3)))
    assert set(tokens) == {live.session.tokens.access_token}
    assert provider.requests == ['/authorize', '/token']


async def test_calls_after_a_refusal_do_not_ask_the_provider_again_and_again(alice: SignedIn, clock: FakeClock) -> None:
    frame = FailingFrame(InteractionRequired())
    live = alice.live(frame)
    await clock.advance(100)
    await live.access_token()
    await finished(live)
    asked = frame.asked
    for _ in range(5):
        assert await live.access_token() == alice.session.tokens.access_token
        with pytest.raises(InteractionRequired):
            await live.renew(by_person=False)
    assert frame.asked == asked


async def test_an_expired_token_that_cannot_be_renewed_yet_is_an_error_and_no_sign_out(
    alice: SignedIn, clock: FakeClock
) -> None:
    live = alice.live(FailingFrame(SilentTimeout()))
    await clock.advance(121)
    with pytest.raises(TokenExpired):
        await live.access_token()
    assert live.phase == 'retrying'


async def test_an_expired_token_that_never_can_be_says_why(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.live(FailingFrame(InteractionRequired()))
    await clock.advance(121)
    with pytest.raises(InteractionRequired):
        await live.access_token()


async def test_after_a_logout_there_is_none(alice: SignedIn) -> None:
    """[getTokenSilently after logout throws]"""
    live = alice.live()
    live.send(Ended())
    with pytest.raises(SessionEnded):
        await live.access_token()
