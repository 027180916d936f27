"""The scenarios of docs/renewal-scorecard.md that take time, or a provider that misbehaves."""

from __future__ import annotations

import asyncio

import jwt
import pytest

from app.errors import InvalidIdToken, NoBrowser, ProviderUnreachable, TransientError
from app.oidc.http import TIMEOUT
from app.renewal.live_session import Renewer
from tests.clock import FakeClock, settle
from tests.provider import RecordingProvider
from tests.renewal.answers import FailingFrame
from tests.renewal.conftest import SignedIn

MINUTE = 60.0


async def keep_renewing(renewer: Renewer, clock: FakeClock, seconds: float) -> int:
    """What a tab's timer does, for so long; how many renewals failed."""
    end, failed = clock.now() + seconds, 0
    while renewer.next_attempt is not None and renewer.next_attempt <= end:
        await clock.advance(renewer.next_attempt - clock.now())
        try:
            await renewer.renew()
        except TransientError:
            failed += 1
    await clock.advance(end - clock.now())
    return failed


async def test_ten_minutes_offline_lose_nothing(alice: SignedIn, clock: FakeClock) -> None:
    offline = FailingFrame(NoBrowser())
    renewer = alice.renewer(offline)
    assert await keep_renewing(renewer, clock, 12 * MINUTE) > 5
    assert renewer.state == 'retrying'
    renewer.frames.add(alice.frame)
    assert await keep_renewing(renewer, clock, MINUTE) == 0
    assert (renewer.state, renewer.session.renewals) == ('active', 1)


async def test_a_provider_that_is_down_for_three_minutes_loses_nothing(
    alice: SignedIn, provider: RecordingProvider, clock: FakeClock
) -> None:
    renewer = alice.renewer()
    await clock.advance(MINUTE)
    provider.answer('/token', status=503)
    failed = await keep_renewing(renewer, clock, 3 * MINUTE)
    assert 5 < failed <= 3 * MINUTE / 3
    provider.behave()
    await keep_renewing(renewer, clock, MINUTE)
    assert renewer.state == 'active'
    assert renewer.session.renewals >= 1


async def test_a_slow_token_endpoint_is_waited_for(alice: SignedIn, provider: RecordingProvider) -> None:
    release, renewer = provider.hang('/token'), alice.renewer()
    renewal = asyncio.create_task(renewer.renew())
    await settle()
    assert renewer.state == 'renewing'
    assert TIMEOUT.read is not None
    assert TIMEOUT.read > 4 * 2
    release.set()
    assert (await renewal).renewals == 1


async def test_a_token_endpoint_that_hangs_is_given_up_and_tried_again(
    alice: SignedIn, provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('app.oidc.http.DEADLINE', 0.01)
    provider.hang('/token')
    renewer = alice.renewer()
    with pytest.raises(ProviderUnreachable):
        await renewer.renew()
    assert renewer.state == 'retrying'


async def test_a_token_without_expiry_is_not_renewed_by_itself(alice: SignedIn, provider: RecordingProvider) -> None:
    """[should not initialize timers if no expiration on access token]"""
    tokens = alice.session.tokens.__class__('a', 'i', None, 'openid', 0.0, None)
    renewer = alice.make(alice.session.changed(tokens=tokens))
    assert renewer.next_attempt is None
    assert await renewer.access_token() == 'a'


async def test_rotated_keys_lose_nothing(alice: SignedIn, provider: RecordingProvider) -> None:
    renewer = alice.renewer()
    provider.demo.rotate_key()
    assert (await renewer.renew()).renewals == 1
    assert provider.requests == ['/authorize', '/token', '/jwks']


async def test_a_forged_id_token_at_renewal_is_not_used(alice: SignedIn, provider: RecordingProvider) -> None:
    forged = jwt.encode({**alice.session.claims, 'sub': 'demo|alice'}, 'x' * 32, 'HS256')
    provider.answer('/token', {'access_token': 'forged', 'token_type': 'Bearer', 'id_token': forged})
    renewer = alice.renewer()
    with pytest.raises(InvalidIdToken):
        await renewer.renew()
    assert renewer.session is alice.session


async def test_ten_failures_in_thirty_seconds_are_the_most(alice: SignedIn, provider: RecordingProvider) -> None:
    """[should emit too many renew error when latest 10 expired events happen in 30 seconds, and should resume]"""
    provider.answer('/token', status=500)
    renewer = alice.renewer()
    for _ in range(20):
        with pytest.raises(TransientError):
            await renewer.renew()
    assert provider.requests.count('/token') == 10
