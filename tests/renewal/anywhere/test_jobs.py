"""A job in the background that uses a session's token for an hour, with no tab open and beside one."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest

from app.errors import BrowserNeeded, NothingToRenewWith, SessionEnded, SessionIdle, SessionTooOld, SignedOutByAdmin
from app.renewal import registry as registry_module
from app.renewal.limits import Limits
from app.renewal.tokens.held_session import HeldSession
from tests.clock import FakeClock
from tests.keeping import keep
from tests.renewal.anywhere.conftest import EACH, HOUR, Open, Resources, idle
from tests.renewal.conftest import FakeTab, SignedIn, finished


async def test_without_a_tab_the_token_is_renewed_once_for_each_time_that_it_is_due(
    alice: SignedIn, resources: Resources, clock: FakeClock
) -> None:
    job = HeldSession(alice.registry(), alice.session)
    for _ in range(HOUR // 10):
        await clock.advance(10)
        token = await job.access_token()
        assert resources.audiences[token] is None
        await finished(await job.live())
    assert resources.granted == {None: HOUR // EACH}
    assert resources.overlaps == 0
    assert len(set(resources.sent)) == len(resources.sent) == HOUR // EACH


async def test_beside_a_tab_there_is_one_renewal_for_both(
    alice: SignedIn, resources: Resources, clock: FakeClock, opened: Open
) -> None:
    registry = alice.registry()
    tab = opened(registry, alice.session)
    job, other = HeldSession(registry, alice.session), HeldSession(registry, alice.session)
    for _ in range(HOUR // 10):
        await clock.advance(10)
        await idle(tab.live)
        assert await job.access_token() == await other.access_token()
    assert await job.live() is await other.live() is tab.live
    assert resources.granted == {None: HOUR // EACH}


async def test_when_the_refresh_token_dies_an_open_tab_takes_over(
    alice: SignedIn, clock: FakeClock, resources: Resources, opened: Open
) -> None:
    registry = alice.registry(methods=('refresh_token', 'iframe'))
    tab = opened(registry, alice.session)
    job = HeldSession(registry, alice.session)
    await clock.advance(EACH + 1)
    await idle(tab.live)
    assert len(resources.sent) == tab.live.session.renewals == 1
    resources.refuses_refresh_tokens = True
    for _ in range(30):
        await clock.advance(10)
        await idle(tab.live)
        await job.access_token()
    assert tab.live.session.renewed_by == 'iframe'
    assert tab.live.phase == 'active'


async def test_when_it_dies_without_a_tab_the_token_serves_to_its_end_and_a_tab_that_opens_makes_it_work_again(
    alice: SignedIn, clock: FakeClock, resources: Resources, opened: Open
) -> None:
    registry = alice.registry()
    job = HeldSession(registry, alice.session)
    resources.refuses_refresh_tokens = True
    for _ in range(11):
        await clock.advance(10)
        assert await job.access_token() == alice.session.tokens.access_token
        await finished(await job.live())
    await clock.advance(10)
    for _ in range(3):
        with pytest.raises(BrowserNeeded) as needed:
            await job.access_token()
        assert needed.value.code == 'browser_needed'
        assert 'offline_access' in needed.value.advice
        await clock.advance(10)
    tab = opened(registry, (await job.live()).session)
    await finished(tab.live)
    assert await job.access_token() == tab.live.session.tokens.access_token != alice.session.tokens.access_token


async def test_a_session_that_is_in_use_is_not_forgotten_for_others(
    alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_module, 'KEPT', 1)
    registry = alice.registry()
    job = HeldSession(registry, alice.session)
    live = await job.live()
    for number in range(3):
        await registry.without_tab(replace(alice.session, id=f'another {number}'))
    assert registry.get(alice.session.id) is live
    assert registry.open(alice.session, FakeTab()) is live
    registry.leave(live, live.tabs[0])
    await registry.without_tab(replace(alice.session, id='one more'))
    del job, live
    gc.collect()
    assert registry.get(alice.session.id) is None


async def test_a_job_goes_on_with_the_next_session_of_the_person(alice: SignedIn) -> None:
    registry = alice.registry()
    begun, not_yet = HeldSession(registry, alice.session), HeldSession(registry, alice.session)
    live = await begun.live()
    tokens = replace(alice.session.tokens, access_token='of the next sign-in')
    again = replace(alice.session, id='again', tokens=tokens)
    await keep(alice.store, again)
    registry.hand_over(alice.session.id, again, 'browser')
    assert await begun.access_token() == await not_yet.access_token() == 'of the next sign-in'
    assert await not_yet.live() is live


async def test_a_job_whose_session_was_replaced_elsewhere_is_told_that_it_ended(alice: SignedIn) -> None:
    job = HeldSession(alice.registry(), replace(alice.session, id='gone'))
    with pytest.raises(SessionEnded):
        await job.access_token()


async def test_after_a_logout_the_next_call_says_why(alice: SignedIn) -> None:
    registry = alice.registry()
    job, late = HeldSession(registry, alice.session), HeldSession(registry, alice.session)
    await job.access_token()
    await registry.end_all(alice.session.issuer, alice.session.subject, SignedOutByAdmin)
    for each in (job, late):
        with pytest.raises(SignedOutByAdmin):
            await each.access_token()


@pytest.mark.parametrize(
    ('limits', 'why'), [(Limits(idle=600), SessionIdle), (Limits(maximum=600), SessionTooOld)], ids=['idle', 'maximum']
)
async def test_a_job_keeps_no_session_beyond_its_limits(
    alice: SignedIn, clock: FakeClock, resources: Resources, limits: Limits, why: type[SessionEnded]
) -> None:
    job = HeldSession(alice.registry(limits=limits), alice.session)
    for _ in range(59):
        await clock.advance(10)
        await job.access_token()
        await finished(await job.live())
    await clock.advance(10)
    with pytest.raises(why):
        await job.access_token()


async def test_where_no_frame_renews_a_dead_refresh_token_leaves_it_to_a_sign_in(
    alice: SignedIn, clock: FakeClock, resources: Resources, opened: Open
) -> None:
    registry = alice.registry(methods=('refresh_token',))
    tab = opened(registry, alice.session)
    job = HeldSession(registry, alice.session)
    resources.refuses_refresh_tokens = True
    for _ in range(12):
        await clock.advance(10)
        await idle(tab.live)
    with pytest.raises(NothingToRenewWith):
        await job.access_token()
    assert tab.live.phase == 'sign-in-needed'
