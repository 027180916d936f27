"""What a review found, each as a test of its own."""

from __future__ import annotations

import asyncio
import gc
import logging
import weakref
from dataclasses import replace

import pytest
from starlette.requests import Request
from starlette.responses import Response

from app.errors import AuthError, InteractionRequired, NoBrowser, SilentTimeout, StoreFailed, TransientError
from app.oidc.authorization import AuthorizationResponse
from app.renewal.events import RenewalWanted, Returned, SignedInAgain, Woke
from app.renewal.limits import Limits
from app.settings import RenewalMethod
from tests.clock import START, FakeClock, settle
from tests.provider import RecordingProvider
from tests.renewal.answers import AnsweringFrame, FailingFrame
from tests.renewal.conftest import FakeTab, SignedIn, finished

IDLE = Limits(idle=600)
REFRESH: tuple[RenewalMethod, ...] = ('refresh_token',)


@pytest.fixture
def scope() -> str:
    return 'openid profile email offline_access'


async def test_a_new_session_is_not_ended_by_how_long_the_old_one_was_idle(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.make(alice.without_end(), limits=IDLE)
    await clock.advance(600)
    await live.wake()
    states = [live.phase]
    live.send(SignedInAgain(replace(alice.without_end(), id='new', signed_in_at=clock.now())))
    await live.wake()
    states.append(live.phase)
    assert states == ['signed-out', 'active']


async def test_opening_another_tab_is_doing_something(alice: SignedIn, clock: FakeClock) -> None:
    registry = alice.registry(limits=IDLE)
    live = registry.open(alice.without_end(), FakeTab())
    await clock.advance(595)
    registry.open(alice.without_end(), FakeTab())
    await clock.advance(5)
    await live.wake()
    assert live.phase == 'active'
    assert live.wakes_at == START + 595 + 540


async def test_a_tab_that_opens_during_a_refresh_does_not_break_it_off(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    registry = alice.registry(methods=REFRESH)
    live, release = registry.open(alice.session, FakeTab()), provider.hang('/token')
    renewal = asyncio.create_task(live.renew())
    await settle()
    kept = await alice.store.load(alice.session.id)
    assert kept is not None
    assert kept.revision > alice.session.revision
    assert registry.open(kept, FakeTab()) is live
    release.set()
    assert (await renewal).renewals == 1
    assert (await live.renew()).renewals == 2


async def test_a_tab_that_opens_while_the_last_one_is_gone_shares_its_renewal(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    registry = alice.registry(methods=REFRESH)
    live, release = registry.open(alice.session, FakeTab()), provider.hang('/token')
    renewal = asyncio.create_task(live.renew())
    await settle()
    registry.leave(live, live.tabs[0])
    assert registry.open(alice.session, FakeTab()) is live
    release.set()
    assert (await renewal).renewals == 1


async def test_a_renewal_that_is_cancelled_from_below_is_planned_again(alice: SignedIn) -> None:
    class VanishingFrame:
        async def authorize(self, url: str) -> AuthorizationResponse:
            raise asyncio.CancelledError

    live = alice.live(VanishingFrame())
    with pytest.raises(TransientError):
        await live.renew()
    assert live.phase == 'retrying'
    assert live.next_attempt is not None


async def test_a_hint_that_meets_a_network_fault_does_not_end_the_session(alice: SignedIn, clock: FakeClock) -> None:
    class GoingFrame(AnsweringFrame):
        async def authorize(self, url: str) -> AuthorizationResponse:
            if self.urls:
                raise NoBrowser
            return await super().authorize(url)

    await clock.advance(121)
    live = alice.live(GoingFrame(alice.frame, 'login_required'), methods=('iframe',))
    with pytest.raises(NoBrowser):
        await live.renew()
    assert live.phase == 'active'
    assert live.wakes_at is not None
    assert await alice.store.load(alice.session.id) is not None


async def test_a_refusal_behind_a_quirk_is_told_as_a_refusal(alice: SignedIn) -> None:
    frame = AnsweringFrame(alice.frame, 'invalid_request', 'login_required', 'login_required')
    live = alice.live(frame, methods=('iframe',))
    with pytest.raises(InteractionRequired):
        await live.renew()
    assert live.phase == 'sign-in-needed'


async def test_a_refresh_after_a_frame_renewal_is_still_about_the_sign_in_of_the_refresh_token(
    alice: SignedIn,
) -> None:
    """OpenID Connect Core §12.2; the frame may bring another nonce and auth_time without another refresh token."""
    session = alice.session.changed(id_claims={**alice.session.claims, 'auth_time': 1, 'nonce': 'of the frame'})
    assert await alice.store.replace(alice.session, session)
    assert (await alice.make(session, methods=REFRESH).renew()).renewals == 1


async def test_a_limit_holds_while_the_store_fails(
    alice: SignedIn, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise StoreFailed

    live = alice.make(alice.without_end(), limits=IDLE)
    monkeypatch.setattr(alice.store, 'end', fail)
    await clock.advance(600)
    await live.wake()
    assert live.phase == 'signed-out'


async def test_an_error_is_forgotten_with_all_that_its_traceback_holds(
    alice: SignedIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)  # pytest would keep it in what was logged
    raised: list[weakref.ref[SilentTimeout]] = []

    class TimingOut:
        async def authorize(self, url: str) -> AuthorizationResponse:
            error = SilentTimeout('no answer')
            raised.append(weakref.ref(error))
            raise error

    live = alice.live(TimingOut(), methods=('iframe',))
    with pytest.raises(SilentTimeout):
        await live.renew()
    gc.collect()
    assert [error() for error in raised] == [None]
    assert [entry.error and (entry.error.kind, entry.error.at) for entry in live.history] == [
        None,
        (SilentTimeout, START),
    ]


async def test_what_had_no_page_to_ask_is_nothing_that_happened(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.live(FailingFrame(NoBrowser()), methods=('iframe',))
    for _ in range(3):
        live.send(RenewalWanted())
        await finished(live)
        await clock.advance(5)
    assert [entry.kind for entry in live.history] == ['signed-in']


@pytest.mark.parametrize('frame_error', [NoBrowser, SilentTimeout])
async def test_what_the_token_endpoint_asks_for_is_honoured_whatever_the_frame_says(
    alice: SignedIn, provider: RecordingProvider, clock: FakeClock, frame_error: type[AuthError]
) -> None:
    provider.answer('/token', {'error': 'slow_down'}, 429, **{'Retry-After': '600'})
    live = alice.live(FailingFrame(frame_error()))
    live.send(RenewalWanted())
    await finished(live)
    assert (live.phase, live.state.not_before) == ('retrying', START + 600)
    for _ in range(4):
        await clock.advance(5)
        live.send(Returned())
        live.send(Woke())
    assert (live.phase, provider.requests.count('/token')) == ('retrying', 1)


async def test_a_refresh_token_that_another_process_is_sending_is_not_sent_beside_it(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    ours, theirs = (alice.live(methods=REFRESH) for _ in range(2))
    asked, release = asyncio.Event(), asyncio.Event()

    async def answer(request: Request) -> Response:
        asked.set()
        await release.wait()
        provider.behave()
        return await provider.forward(request)

    provider.instead['/token'] = answer
    first = asyncio.create_task(theirs.renew())
    await asked.wait()
    with pytest.raises(TransientError, match='another process'):
        await ours.renew()
    release.set()
    assert (await first).renewals == 1
    assert provider.requests.count('/token') == 1
