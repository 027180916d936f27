"""One session's renewals. Names in brackets are those of the cases in the SDKs that they come from."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.errors import AuthError, InteractionRequired, ProviderFailed, SessionEnded, SilentTimeout, SubjectMismatch
from app.oidc.authorization import AuthorizationResponse
from app.renewal.events import Ended, SignedInAgain
from app.sessions.session import Ending
from tests.clock import START, FakeClock, settle
from tests.provider import RecordingProvider
from tests.renewal.answers import FailingFrame, SlowFrame
from tests.renewal.conftest import SignedIn, kind

EXPIRY = START + 120


async def test_a_renewal_brings_new_tokens_and_counts(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.live()
    await clock.advance(90)
    session = await live.renew()
    assert session.tokens.access_token != alice.session.tokens.access_token
    assert (session.renewals, session.tokens.expires_at) == (1, START + 90 + 120)
    assert (live.phase, live.next_attempt) == ('active', START + 90 + 90)
    assert await alice.store.load(session.id) == session


async def test_a_renewal_makes_exactly_two_requests(alice: SignedIn, provider: RecordingProvider) -> None:
    live = alice.live()
    await live.renew()
    await live.renew()
    assert provider.requests == ['/authorize', '/token'] * 2


@pytest.mark.tutorial_bug(12)
async def test_three_callers_make_one_renewal(alice: SignedIn, provider: RecordingProvider) -> None:
    """[should call for each concurrent caller but only make one network request]"""
    live = alice.live()
    sessions = await asyncio.gather(*(live.renew() for _ in range(3)))
    assert provider.requests == ['/authorize', '/token']
    assert sessions[0] is sessions[1] is sessions[2]


async def test_three_callers_share_a_failure(alice: SignedIn, provider: RecordingProvider) -> None:
    provider.answer('/token', status=503)
    live = alice.live()
    outcomes = await asyncio.gather(*(live.renew() for _ in range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ProviderFailed] * 3
    assert provider.requests == ['/authorize', '/token']


async def test_after_a_failure_the_next_caller_begins_a_new_renewal(
    alice: SignedIn, provider: RecordingProvider, clock: FakeClock
) -> None:
    """[should make new request after lock is released] [should release a lock when an error occurred]"""
    provider.answer('/token', status=503)
    live = alice.live()
    with pytest.raises(ProviderFailed):
        await live.renew()
    provider.behave()
    await clock.advance(1)
    assert (await live.renew()).renewals == 1


async def test_a_caller_that_goes_away_leaves_the_renewal_to_the_others(alice: SignedIn) -> None:
    frame = SlowFrame(alice.frame)
    live = alice.live(frame)
    first = asyncio.create_task(live.renew())
    second = asyncio.create_task(live.renew())
    await settle()
    first.cancel()
    frame.release.set()
    assert (await second).renewals == 1


@pytest.mark.tutorial_bug(5)
@pytest.mark.tutorial_bug(15)
async def test_a_transient_failure_keeps_the_session_and_is_retried(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    provider.answer('/token', status=503)
    live = alice.live()
    with pytest.raises(ProviderFailed):
        await live.renew()
    assert (live.phase, live.next_attempt) == ('retrying', START + 1)
    assert live.session is alice.session
    assert await alice.store.load(alice.session.id) == alice.session


async def test_a_retry_waits_as_long_as_the_provider_asks(alice: SignedIn, provider: RecordingProvider) -> None:
    provider.answer('/token', status=429, **{'Retry-After': '20'})
    live = alice.live()
    with pytest.raises(ProviderFailed):
        await live.renew()
    assert live.next_attempt == START + 20


@pytest.mark.tutorial_bug(6)
async def test_a_failure_is_never_taken_for_a_success(alice: SignedIn) -> None:
    frame = FailingFrame(InteractionRequired())
    live = alice.live(frame)
    with pytest.raises(InteractionRequired):
        await live.renew()
    assert live.session is alice.session
    assert live.session.renewals == 0


async def test_a_refusal_leaves_the_token_until_it_expires_then_tries_once_more(
    alice: SignedIn, clock: FakeClock, provider: RecordingProvider
) -> None:
    frame = FailingFrame(InteractionRequired())
    live = alice.live(frame)
    with pytest.raises(InteractionRequired):
        await live.renew()
    assert (live.phase, live.next_attempt) == ('sign-in-needed', EXPIRY)
    await clock.advance(120)
    live.user_agents.remove(frame)
    live.user_agents.add(alice.frame)
    assert (await live.renew()).renewals == 1
    assert live.phase == 'active'


async def test_a_refusal_after_expiry_ends_the_session_with_its_reason(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.live(FailingFrame(InteractionRequired()))
    await clock.advance(121)
    with pytest.raises(InteractionRequired):
        await live.renew()
    assert (live.phase, live.next_attempt) == ('sign-in-needed', None)
    assert kind(live.error) is InteractionRequired
    await live.settled()
    over = await alice.store.load(alice.session.id)
    assert over is not None
    assert over.ended == Ending('login_required', START + 121)


async def test_a_provider_that_stays_away_does_not_end_the_session(alice: SignedIn, clock: FakeClock) -> None:
    silent = FailingFrame(SilentTimeout())
    live = alice.live(silent)
    while live.next_attempt is not None:
        await clock.advance(live.next_attempt - clock.now())
        with pytest.raises(SilentTimeout):
            await live.renew()
    assert clock.now() > EXPIRY + 800
    assert await alice.store.load(alice.session.id) == alice.session
    live.user_agents.remove(silent)
    live.user_agents.add(alice.frame)
    await clock.advance(30)
    assert (await live.renew()).renewals == 1


@pytest.mark.tutorial_bug(1)
@pytest.mark.tutorial_bug(11)
async def test_a_late_renewal_does_not_sign_the_user_back_in(alice: SignedIn, provider: RecordingProvider) -> None:
    frame = SlowFrame(alice.frame)
    live = alice.live(frame)
    renewal = asyncio.create_task(live.renew())
    await settle()
    await alice.store.end(alice.session.id, Ending('session_ended', START))
    live.send(Ended())
    frame.release.set()
    with pytest.raises(SessionEnded):
        await renewal
    assert (live.phase, live.next_attempt) == ('signed-out', None)
    over = await alice.store.load(alice.session.id)
    assert over is not None
    assert over.ended is not None
    assert provider.requests == ['/authorize']


async def test_a_renewal_of_a_session_that_another_process_ended_is_dropped(alice: SignedIn) -> None:
    live = alice.live()
    await alice.store.end(alice.session.id, Ending('session_ended', START))
    with pytest.raises(SessionEnded):
        await live.renew()
    assert live.phase == 'signed-out'
    over = await alice.store.load(alice.session.id)
    assert over is not None
    assert over.ended is not None


async def test_a_session_that_another_process_renewed_is_taken_from_the_store(alice: SignedIn) -> None:
    ours, theirs = alice.live(), alice.live()
    renewed = await theirs.renew()
    assert await ours.renew() == renewed
    assert ours.session == renewed


async def test_an_ended_session_is_not_renewed(alice: SignedIn, provider: RecordingProvider) -> None:
    """[getTokenSilently after logout throws]"""
    live = alice.live()
    live.send(Ended())
    with pytest.raises(SessionEnded):
        await live.renew()
    assert provider.requests == []


@pytest.mark.tutorial_bug(19)
async def test_an_answer_for_somebody_else_is_not_used(alice: SignedIn) -> None:
    await alice.frame.sign_in_at_provider('bob')
    live = alice.live()
    with pytest.raises(SubjectMismatch):
        await live.renew()
    assert live.session is alice.session
    assert live.phase == 'sign-in-needed'


@pytest.mark.tutorial_bug(8)
async def test_an_answer_with_another_state_is_not_used(alice: SignedIn, provider: RecordingProvider) -> None:
    class ForgingFrame:
        async def authorize(self, url: str) -> AuthorizationResponse:
            return AuthorizationResponse(code='stolen', state='forged')

    live = alice.live(ForgingFrame())
    with pytest.raises(AuthError, match='state'):
        await live.renew()
    assert provider.requests == []


async def test_a_new_sign_in_of_the_same_person_goes_on_in_the_same_tabs(alice: SignedIn) -> None:
    frame = SlowFrame(alice.frame)
    live = alice.live(frame)
    renewal = asyncio.create_task(live.renew())
    await settle()
    again = replace(alice.session, id='another')
    live.send(SignedInAgain(again))
    frame.release.set()
    assert await renewal is again
    assert (live.session, live.phase) == (again, 'active')


async def test_whoever_follows_is_told_of_each_change(alice: SignedIn) -> None:
    live, states = alice.live(), list[str]()
    live.changed.subscribe(lambda: states.append(live.phase))
    await live.renew()
    live.send(Ended())
    assert states == ['renewing', 'active', 'signed-out']
