"""A silent frame that gets no answer at all: learnt, said, and asked again after a while."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from app.errors import InteractionRequired, SilentTimeout
from app.oidc.authorization import AuthorizationResponse
from app.oidc.quirks import FRAME_REST
from app.renewal.framed_sign_in import FramedSignIn
from app.renewal.live_session import LiveSession
from app.sessions.session import Session
from tests.clock import FakeClock
from tests.provider import RecordingProvider
from tests.renewal.answers import FailingFrame
from tests.renewal.conftest import SignedIn


@pytest.fixture
def scope() -> str:
    return 'openid profile email offline_access'


async def kept(alice: SignedIn, **changes: object) -> Session:
    """Alice's session with other values, and a token that lives longer than any test."""
    session = replace(alice.without_end().changed(), **changes)  # type: ignore[arg-type]
    assert await alice.store.replace(alice.session, session)
    return session


def live_with(alice: SignedIn, session: Session, frame: FailingFrame) -> LiveSession:
    live = alice.make(session)
    live.user_agents.add(frame)
    return live


async def test_after_two_timeouts_in_a_row_the_refresh_token_comes_first(alice: SignedIn) -> None:
    live = live_with(alice, await kept(alice), silent := FailingFrame(SilentTimeout()))
    for _ in range(5):
        assert (await live.renew()).renewed_by == 'refresh_token'
    assert silent.asked == 2


async def test_after_an_hour_the_frame_is_asked_once_more(alice: SignedIn, clock: FakeClock) -> None:
    live = live_with(alice, await kept(alice), silent := FailingFrame(SilentTimeout()))
    for _ in range(3):
        await live.renew()
    await clock.advance(FRAME_REST)
    for _ in range(3):
        await live.renew()
    assert silent.asked == 3


async def test_a_frame_that_answers_again_is_the_first_again(alice: SignedIn, clock: FakeClock) -> None:
    live = live_with(alice, await kept(alice), silent := FailingFrame(SilentTimeout()))
    for _ in range(2):
        await live.renew()
    live.user_agents.remove(silent)
    live.user_agents.add(alice.frame)
    assert (await live.renew()).renewed_by == 'refresh_token'
    await clock.advance(FRAME_REST)
    for _ in range(2):
        assert (await live.renew()).renewed_by == 'iframe'
    assert live.session.frame_timeouts == 0


async def test_a_frame_that_was_silent_is_asked_where_nothing_else_is_left(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    live = live_with(alice, await kept(alice), silent := FailingFrame(SilentTimeout()))
    for _ in range(2):
        await live.renew()
    live.user_agents.remove(silent)
    live.user_agents.add(alice.frame)
    provider.answer('/token', {'error': 'invalid_grant'}, 400)

    async def behave(url: str) -> AuthorizationResponse:
        provider.behave()
        return await alice.frame.authorize(url)

    live.user_agents.add(type('Frame', (), {'authorize': staticmethod(behave)})())
    assert (await live.renew()).renewed_by == 'iframe'


async def test_a_no_is_an_answer_too(alice: SignedIn, clock: FakeClock) -> None:
    live = live_with(alice, await kept(alice), silent := FailingFrame(SilentTimeout()))
    await live.renew()
    live.user_agents.add(refusing := FailingFrame(InteractionRequired()))
    await live.renew()
    live.user_agents.remove(refusing)
    for asked in (2, 3, 3):
        await live.renew()
        assert silent.asked == asked


async def test_a_restart_does_not_forget_it(alice: SignedIn) -> None:
    live = live_with(alice, await kept(alice), silent := FailingFrame(SilentTimeout()))
    for _ in range(2):
        await live.renew()
    session = await alice.store.load(live.session.id)
    assert session is not None
    await live_with(alice, session, silent).renew()
    assert silent.asked == 2


async def test_it_is_said_once_in_the_log_and_in_what_happened(
    alice: SignedIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    live = live_with(alice, await kept(alice), FailingFrame(SilentTimeout()))
    for _ in range(4):
        await live.renew()
    assert len([message for message in caplog.messages if 'twice in a row' in message]) == 1
    assert [entry.frame_fell_silent for entry in live.history if entry.kind == 'renewed'] == [False, True, False, False]


async def test_where_no_session_was_ever_answered_the_next_ones_know_it(alice: SignedIn) -> None:
    live = live_with(alice, await kept(alice, frame_works=None), silent := FailingFrame(SilentTimeout()))
    for _ in range(2):
        await live.renew()
    other = replace(live.session, frame_timeouts=0, frame_silent_at=0.0, frame_works=None)
    assert (await live_with(alice, other, silent).renew()).renewed_by == 'refresh_token'
    assert silent.asked == 2


async def test_a_session_whose_frame_was_answered_before_says_nothing_of_the_provider(alice: SignedIn) -> None:
    live = live_with(alice, await kept(alice, frame_works=True), FailingFrame(SilentTimeout()))
    for _ in range(2):
        await live.renew()
    assert alice.oidc.quirks.frame_silent_at == 0


async def test_a_visitor_does_not_wait_for_a_provider_that_gives_no_answer(alice: SignedIn, clock: FakeClock) -> None:
    alice.oidc.learn(replace(alice.oidc.quirks, frame_silent_at=clock.now()))
    silent = FailingFrame(SilentTimeout())
    sign_in = FramedSignIn(alice.oidc, alice.store, clock, 'a-new-browser', '/')
    assert await sign_in.silent(silent) is None
    assert silent.asked == 0
    await clock.advance(FRAME_REST)
    await sign_in.silent(silent)
    assert silent.asked == 1


async def test_where_there_is_no_refresh_token_the_frame_is_asked_each_time(alice: SignedIn, clock: FakeClock) -> None:
    live = live_with(alice, (await kept(alice)).without_refresh_token(), silent := FailingFrame(SilentTimeout()))
    for asked in range(1, 4):
        with pytest.raises(SilentTimeout):
            await live.renew()
        assert silent.asked == asked
        await clock.advance(30)
