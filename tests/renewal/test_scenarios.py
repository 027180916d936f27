"""The scenarios of docs/renewal-scorecard.md that take time, or a provider that misbehaves."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import jwt
import pytest

from app.errors import (
    InvalidIdToken,
    NoBrowser,
    ProviderFailed,
    ProviderUnreachable,
    RenewalTooSoon,
    TooManyRenewals,
)
from app.oidc.http import TIMEOUT
from app.renewal.events import Opened, Returned
from app.renewal.live_session import LiveSession
from tests.clock import FakeClock, settle
from tests.provider import RecordingProvider
from tests.renewal.answers import FailingFrame
from tests.renewal.conftest import SignedIn, finished

MINUTE = 60.0


async def keep_renewing(live: LiveSession, clock: FakeClock, seconds: float) -> int:
    """What a tab's timer does, for so long; how many renewals failed."""
    end, failed = clock.now() + seconds, 0
    while (moment := live.wakes_at) is not None and moment <= end:
        await clock.advance(moment - clock.now())
        await live.wake()
        await finished(live)
        failed += live.phase == 'retrying'
    await clock.advance(end - clock.now())
    return failed


async def test_ten_minutes_offline_lose_nothing(
    alice: SignedIn, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    offline = FailingFrame(NoBrowser())
    live = alice.live(offline)
    with caplog.at_level(logging.INFO):
        assert await keep_renewing(live, clock, 12 * MINUTE) == 0
    assert (live.phase, live.error, caplog.records) == ('active', None, [])
    live.user_agents.add(alice.frame)
    assert await keep_renewing(live, clock, MINUTE) == 0
    assert (live.phase, live.session.renewals) == ('active', 1)


async def test_a_page_that_comes_back_is_asked_at_once(alice: SignedIn, clock: FakeClock) -> None:
    live = alice.live(FailingFrame(NoBrowser()))
    await keep_renewing(live, clock, 3 * MINUTE)
    live.user_agents.add(alice.frame)
    live.send(Returned())
    await finished(live)
    assert (live.phase, live.session.renewals) == ('active', 1)


async def test_a_provider_that_is_down_for_three_minutes_loses_nothing(
    alice: SignedIn, provider: RecordingProvider, clock: FakeClock
) -> None:
    live = alice.live()
    await clock.advance(MINUTE)
    provider.answer('/token', status=503)
    failed = await keep_renewing(live, clock, 3 * MINUTE)
    assert 5 < failed <= 3 * MINUTE / 3
    provider.behave()
    await keep_renewing(live, clock, MINUTE)
    assert live.phase == 'active'
    assert live.session.renewals >= 1


async def test_a_slow_token_endpoint_is_waited_for(alice: SignedIn, provider: RecordingProvider) -> None:
    release, live = provider.hang('/token'), alice.live()
    renewal = asyncio.create_task(live.renew())
    await settle()
    assert live.phase == 'renewing'
    assert TIMEOUT.read is not None
    assert TIMEOUT.read > 4 * 2
    release.set()
    assert (await renewal).renewals == 1


async def test_a_token_endpoint_that_hangs_is_given_up_and_tried_again(
    alice: SignedIn, provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('app.oidc.http.DEADLINE', 0.01)
    provider.hang('/token')
    live = alice.live()
    with pytest.raises(ProviderUnreachable):
        await live.renew()
    assert live.phase == 'retrying'


async def test_a_token_without_expiry_is_not_renewed_by_itself(alice: SignedIn, provider: RecordingProvider) -> None:
    """[should not initialize timers if no expiration on access token]"""
    tokens = alice.session.tokens.__class__('a', 'i', None, 'openid', 0.0, None)
    live = alice.make(alice.session.changed(tokens=tokens))
    assert live.next_attempt is None
    assert await live.access_token() == 'a'


async def test_rotated_keys_lose_nothing(alice: SignedIn, provider: RecordingProvider) -> None:
    live = alice.live()
    provider.demo.rotate_key()
    assert (await live.renew()).renewals == 1
    assert provider.requests == ['/authorize', '/token', '/jwks']


async def test_a_forged_id_token_at_renewal_is_not_used(alice: SignedIn, provider: RecordingProvider) -> None:
    forged = jwt.encode({**alice.session.claims, 'sub': 'demo|alice'}, 'x' * 32, 'HS256')
    provider.answer('/token', {'access_token': 'forged', 'token_type': 'Bearer', 'id_token': forged})
    live = alice.live()
    with pytest.raises(InvalidIdToken):
        await live.renew()
    assert live.session is alice.session


async def test_ten_attempts_in_thirty_seconds_are_the_most(alice: SignedIn, provider: RecordingProvider) -> None:
    """[should emit too many renew error when latest 10 expired events happen in 30 seconds, and should resume]"""
    live = alice.live()
    for _ in range(10):
        await live.renew()
    with pytest.raises(TooManyRenewals, match='often') as refusal:
        await live.renew()
    assert refusal.value.retry_after == 30
    assert provider.requests.count('/token') == 10


@pytest.mark.parametrize(
    ('answer', 'seconds'),
    [
        pytest.param({'status': 429, 'Retry-After': '20'}, 20, id='what the provider asked for'),
        pytest.param({'status': 503}, 1, id='the back-off'),
    ],
)
async def test_whoever_asks_waits_as_long_as_the_provider_wants_or_the_latest_failure_demands(
    alice: SignedIn, provider: RecordingProvider, clock: FakeClock, answer: dict[str, Any], seconds: float
) -> None:
    provider.answer('/token', **answer)
    live = alice.live()
    await clock.advance(100)
    with pytest.raises(ProviderFailed):
        await live.renew()
    provider.requests.clear()
    live.send(Returned())
    live.send(Opened(live.session))
    await live.access_token()
    for by_person in (True, False):
        with pytest.raises(RenewalTooSoon) as refusal:
            await live.renew(by_person=by_person)
        assert refusal.value.retry_after == seconds
    assert (provider.requests, live.phase) == ([], 'retrying')
    provider.behave()
    await clock.advance(seconds)
    assert (await live.renew()).renewals == 1
