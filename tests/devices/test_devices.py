"""On which devices a person is signed in, and ending that there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.app_context import AppContext
from app.devices.devices import devices_of, end_device, end_other_devices, sign_out
from app.errors import SessionEnded, SignedOutByAdmin, SignedOutElsewhere, StoreFailed
from app.sessions.session import Ending
from tests.clock import START, FakeClock, settle
from tests.devices.conftest import SignIn, opened
from tests.provider import RecordingProvider
from tests.renewal.answers import SlowFrame
from tests.renewal.conftest import FakeTab, SignedIn, kind


async def test_a_person_sees_all_their_devices_this_one_first(
    alice: SignedIn, context: AppContext, sign_in: SignIn, clock: FakeClock
) -> None:
    await clock.advance(100)
    phone = await sign_in(device='Firefox on Android')
    await clock.advance(100)
    tablet = await sign_in()
    await sign_in(subject='demo|bob', device='Chrome on Windows')
    await clock.advance(100)
    opened(context, phone)
    found = await devices_of(context, tablet)
    assert [device.reference for device in found] == [tablet.reference, phone.reference, alice.session.reference]
    assert [(device.name, device.is_this) for device in found] == [
        ('', True),
        ('Firefox on Android', False),
        ('', False),
    ]
    assert [device.signed_in_at for device in found] == [START + 200, START + 100, alice.session.signed_in_at]
    assert [device.active_at for device in found] == [START + 200, START + 300, alice.session.tokens.issued_at]
    assert [device.is_open for device in found] == [False, True, False]


async def test_a_page_that_is_offline_is_not_open(context: AppContext, alice: SignedIn) -> None:
    opened(context, alice.session, FakeTab(is_connected=False))
    (device,) = await devices_of(context, alice.session)
    assert not device.is_open


async def test_a_device_was_last_active_when_it_did_something_or_was_renewed(
    context: AppContext, alice: SignedIn, clock: FakeClock
) -> None:
    await alice.store.touch(alice.session.id, START + 50)
    (device,) = await devices_of(context, alice.session)
    assert device.active_at == START + 50
    await clock.advance(70)
    renewed = await alice.live().renew()
    (device,) = await devices_of(context, alice.session)
    assert device.active_at == renewed.tokens.issued_at == START + 70


@pytest.mark.parametrize('settings', [{'session_idle': 600}, {'session_max': 600}], ids=['idle', 'max'])
async def test_a_session_beyond_a_limit_is_no_device_any_more(
    alice: SignedIn, context: AppContext, sign_in: SignIn, clock: FakeClock
) -> None:
    await clock.advance(599)
    assert len(await devices_of(context, alice.session)) == 1
    await clock.advance(1)
    session = await sign_in()
    assert [device.reference for device in await devices_of(context, session)] == [session.reference]


async def test_another_device_is_logged_out_at_once_and_told_why(
    alice: SignedIn, context: AppContext, sign_in: SignIn, provider: RecordingProvider, clock: FakeClock
) -> None:
    other = await sign_in()
    live, own = opened(context, other), opened(context, alice.session)
    assert await end_device(context, alice.session, other.reference)
    assert (live.phase, kind(live.error), own.phase) == ('signed-out', SignedOutElsewhere, 'active')
    over = await context.store.load(other.id)
    assert over is not None
    assert (over.ended, over.device) == (Ending('signed_out_elsewhere', clock.now()), '')
    assert not await end_device(context, alice.session, other.reference)
    await alice.oidc.close()
    assert provider.requests == ['/revoke']


async def test_nobody_elses_device_is_logged_out_whatever_is_asked(
    alice: SignedIn, context: AppContext, sign_in: SignIn
) -> None:
    strangers = [await sign_in(subject='demo|bob'), await sign_in(issuer='https://another')]
    for reference in (*(session.reference for session in strangers), alice.session.reference, alice.session.id, ''):
        assert not await end_device(context, alice.session, reference)
    for session in (*strangers, alice.session):
        assert await context.store.load(session.id) == session


ASK = {
    'one': end_device,
    'all': lambda context, session, _: end_other_devices(context, session),
}


@pytest.mark.parametrize('ask', ASK.values(), ids=ASK)
async def test_whoever_was_logged_out_logs_out_nobody(
    alice: SignedIn, context: AppContext, sign_in: SignIn, ask: Callable[..., Awaitable[object]]
) -> None:
    """The page on which it is asked is another machine's, which has not heard of it yet."""
    other = await sign_in()
    await alice.store.end(alice.session.id, Ending(SessionEnded.code, START))
    with pytest.raises(SessionEnded):
        await ask(context, alice.session, other.reference)
    assert await context.store.load(other.id) == other


async def test_all_others_are_logged_out_and_this_one_stays(
    alice: SignedIn, context: AppContext, sign_in: SignIn
) -> None:
    others = [await sign_in(), await sign_in()]
    bob = await sign_in(subject='demo|bob')
    lives = [opened(context, session) for session in others]
    assert await end_other_devices(context, alice.session) == 2
    assert [kind(live.error) for live in lives] == [SignedOutElsewhere] * 2
    assert [device.is_this for device in await devices_of(context, alice.session)] == [True]
    assert await context.store.load(bob.id) == bob


async def test_an_administrator_logs_a_person_out_everywhere(
    alice: SignedIn, context: AppContext, sign_in: SignIn, provider: RecordingProvider
) -> None:
    phone, bob = await sign_in(), await sign_in(subject='demo|bob')
    lives = [opened(context, session) for session in (alice.session, phone, bob)]
    person = alice.session.issuer, alice.session.subject
    assert await sign_out(context, *person) == 2
    assert [kind(live.error) for live in lives] == [SignedOutByAdmin, SignedOutByAdmin, None]
    assert await sign_out(context, *person) == 0
    assert await sign_out(context, alice.session.issuer, 'nobody') == 0
    await alice.oidc.close()
    assert provider.requests == ['/revoke'] * 2


async def test_a_renewal_in_flight_does_not_bring_a_person_back(
    alice: SignedIn, context: AppContext, provider: RecordingProvider
) -> None:
    """Rule 5, also where the end came from another machine, whose registry this one is not."""
    elsewhere = alice.live(frame := SlowFrame(alice.frame))
    renewal = asyncio.create_task(elsewhere.renew())
    await settle()
    await sign_out(context, alice.session.issuer, alice.session.subject)
    frame.release.set()
    with pytest.raises(SignedOutByAdmin):
        await renewal
    assert (elsewhere.phase, kind(elsewhere.error)) == ('signed-out', SignedOutByAdmin)
    assert await context.store.sessions_of(alice.session.issuer, alice.session.subject) == []


async def test_where_the_store_fails_nobody_is_told_that_they_are_logged_out(
    alice: SignedIn, context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise StoreFailed

    live = opened(context, alice.session)
    monkeypatch.setattr(alice.store, 'end_all', fail)
    with pytest.raises(StoreFailed):
        await sign_out(context, alice.session.issuer, alice.session.subject)
    assert live.phase == 'active'
