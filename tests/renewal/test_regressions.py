"""What a review found, each as a test of its own."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from app.errors import InteractionRequired, NoBrowser, StoreFailed
from app.oidc.authorization import AuthorizationResponse
from app.renewal.limits import Limits
from app.renewal.registry import Renewers
from app.settings import RenewalWay
from tests.clock import START, FakeClock, settle
from tests.provider import RecordingProvider
from tests.renewal.answers import AnsweringFrame
from tests.renewal.conftest import FakeTab, SignedIn

IDLE = Limits(idle=600)
REFRESH: tuple[RenewalWay, ...] = ('refresh_token',)


@pytest.fixture
def scope() -> str:
    return 'openid profile email offline_access'


async def test_a_new_session_is_not_ended_by_how_long_the_old_one_was_idle(alice: SignedIn, clock: FakeClock) -> None:
    renewer = alice.renewer(limits=IDLE)
    await clock.advance(600)
    await renewer.check_limits()
    states = [renewer.state]
    renewer.adopt(replace(alice.session, id='new', signed_in_at=clock.now()))
    await renewer.check_limits()
    states.append(renewer.state)
    assert states == ['signed-out', 'active']


async def test_opening_another_tab_is_doing_something(alice: SignedIn, clock: FakeClock) -> None:
    renewers = Renewers(partial(alice.make, limits=IDLE))
    renewer = renewers.open(alice.session, FakeTab())
    await clock.advance(595)
    renewers.open(alice.session, FakeTab())
    await clock.advance(5)
    await renewer.check_limits()
    assert renewer.state == 'active'
    assert renewer.limit_check_at == START + 595 + 540


async def test_a_tab_that_opens_during_a_refresh_does_not_break_it_off(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    renewers = Renewers(partial(alice.make, ways=REFRESH))
    renewer, release = renewers.open(alice.session, FakeTab()), provider.hang('/token')
    renewal = asyncio.create_task(renewer.renew())
    await settle()
    kept = await alice.store.load(alice.session.id)
    assert kept is not None
    assert kept.revision > alice.session.revision
    assert renewers.open(kept, FakeTab()) is renewer
    release.set()
    assert (await renewal).renewals == 1
    assert (await renewer.renew()).renewals == 2


async def test_a_tab_that_opens_while_the_last_one_is_gone_shares_its_renewal(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    renewers = Renewers(partial(alice.make, ways=REFRESH))
    renewer, release = renewers.open(alice.session, FakeTab()), provider.hang('/token')
    renewal = asyncio.create_task(renewer.renew())
    await settle()
    renewers.leave(renewer, renewer.tabs[0])
    assert renewers.open(alice.session, FakeTab()) is renewer
    release.set()
    assert (await renewal).renewals == 1


async def test_a_renewal_that_is_cancelled_from_below_is_planned_again(alice: SignedIn) -> None:
    class VanishingFrame:
        async def authorize(self, url: str) -> AuthorizationResponse:
            raise asyncio.CancelledError

    renewer = alice.renewer(VanishingFrame())
    await renewer.renew()  # nothing new, but no lie either: it is the session that there is
    assert renewer.state == 'retrying'
    assert renewer.next_attempt is not None


async def test_a_hint_that_meets_a_network_fault_does_not_end_the_session(alice: SignedIn, clock: FakeClock) -> None:
    class GoingFrame(AnsweringFrame):
        async def authorize(self, url: str) -> AuthorizationResponse:
            if self.urls:
                raise NoBrowser
            return await super().authorize(url)

    await clock.advance(121)
    renewer = alice.renewer(GoingFrame(alice.frame, 'login_required'), ways=('iframe',))
    with pytest.raises(NoBrowser):
        await renewer.renew()
    assert renewer.state == 'retrying'
    assert await alice.store.load(alice.session.id) is not None


async def test_a_refusal_behind_a_quirk_is_told_as_a_refusal(alice: SignedIn) -> None:
    frame = AnsweringFrame(alice.frame, 'invalid_request', 'login_required', 'login_required')
    renewer = alice.renewer(frame, ways=('iframe',))
    with pytest.raises(InteractionRequired):
        await renewer.renew()
    assert renewer.state == 'sign-in-needed'


async def test_a_refresh_after_a_frame_renewal_is_still_about_the_sign_in_of_the_refresh_token(
    alice: SignedIn,
) -> None:
    """OpenID Connect Core §12.2; the frame may bring another nonce and auth_time without another refresh token."""
    session = alice.session.changed(claims={**alice.session.claims, 'auth_time': 1, 'nonce': 'of the frame'})
    assert await alice.store.replace(alice.session, session)
    assert (await alice.make(session, ways=REFRESH).renew()).renewals == 1


async def test_a_limit_holds_while_the_store_fails(
    alice: SignedIn, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise StoreFailed

    renewer = alice.renewer(limits=IDLE)
    monkeypatch.setattr(alice.store, 'remove', fail)
    await clock.advance(600)
    await renewer.check_limits()
    assert renewer.state == 'signed-out'
