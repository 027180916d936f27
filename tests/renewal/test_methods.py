"""The iframe and the refresh token, each the other's fallback. Names in brackets are those of the SDKs' cases."""

from __future__ import annotations

import pytest

from app.errors import (
    ClientRefused,
    InteractionRequired,
    InvalidIdToken,
    NoBrowser,
    ProviderFailed,
    ProviderUnreachable,
    RefreshTokenRefused,
    SilentTimeout,
    SubjectMismatch,
    ThirdPartyCookiesBlocked,
)
from app.oidc.endpoints.discovery import REFETCH_INTERVAL
from app.renewal.methods import most_hopeful, order
from app.settings import RenewalMethod
from tests.clock import FakeClock, settle
from tests.provider import RecordingProvider
from tests.renewal.answers import FailingFrame
from tests.renewal.conftest import SignedIn, kind

BOTH: tuple[RenewalMethod, ...] = ('iframe', 'refresh_token')
FRAME, REFRESH = ['/authorize', '/token'], ['/token']


@pytest.fixture
def scope() -> str:
    return 'openid profile email offline_access'


@pytest.mark.parametrize(
    ('configured', 'frame_works', 'in_doubt', 'expected'),
    [
        pytest.param(BOTH, None, False, BOTH, id='as configured'),
        pytest.param(BOTH[::-1], None, False, BOTH[::-1], id='the other way round'),
        pytest.param(BOTH, False, False, ('refresh_token',), id='the cookie is withheld'),
        pytest.param(BOTH[::-1], True, True, BOTH, id='the refresh token may have been used up'),
        pytest.param(('refresh_token',), True, True, ('refresh_token',), id='in doubt, but there is nothing else'),
        pytest.param(('iframe',), True, False, ('iframe',), id='the frame only'),
        pytest.param(('iframe',), False, False, (), id='nothing is left'),
    ],
)
async def test_the_methods_are_tried_in_the_order_that_makes_sense(
    alice: SignedIn,
    configured: tuple[RenewalMethod, ...],
    frame_works: bool | None,
    in_doubt: bool,
    expected: tuple[RenewalMethod, ...],
) -> None:
    session = alice.session.changed(frame_works=frame_works, refresh_in_doubt=in_doubt)
    assert order(configured, session) == expected


async def test_a_session_without_a_refresh_token_is_not_renewed_by_one(alice: SignedIn) -> None:
    assert order(BOTH, alice.session.without_refresh_token()) == ('iframe',)


def test_of_several_failures_the_one_counts_that_leaves_most_to_be_done() -> None:
    transient, misconfigured, definitive = ProviderFailed(), ClientRefused(), RefreshTokenRefused()
    assert most_hopeful([definitive, misconfigured, transient]) is transient
    assert most_hopeful([definitive, misconfigured]) is misconfigured
    assert most_hopeful([definitive]) is definitive


async def test_a_refresh_token_renews_without_any_browser(alice: SignedIn, provider: RecordingProvider) -> None:
    """[should use the refresh_token grant when a refresh token is present]"""
    live = alice.live(FailingFrame(NoBrowser()))
    session = await live.renew()
    assert provider.requests == REFRESH
    assert session.renewals == 1
    assert session.tokens.refresh_token not in {None, alice.session.tokens.refresh_token}
    assert not session.refresh_in_doubt
    assert await alice.store.load(session.id) == session
    assert (await live.renew()).renewals == 2  # rotation is honoured


async def test_the_order_is_that_of_the_setting(alice: SignedIn, provider: RecordingProvider) -> None:
    """[should force iframe authentication even with refresh token]"""
    await alice.live(methods=BOTH[::-1]).renew()
    await alice.live(methods=('iframe',)).renew()
    assert provider.requests == REFRESH + FRAME


async def test_the_frame_stands_in_for_a_refresh_token_that_is_refused(
    alice: SignedIn, provider: RecordingProvider, clock: FakeClock
) -> None:
    """[falls back to iframe when refresh token is expired]"""
    provider.answer('/token', {'error': 'invalid_grant'}, 400)
    live = alice.live(FailingFrame(SilentTimeout()), methods=BOTH[::-1])
    with pytest.raises(SilentTimeout):  # which may be there again; the refresh token never will
        await live.renew()
    assert live.session.tokens.refresh_token is None
    provider.behave()
    provider.requests.clear()
    live.user_agents.add(alice.frame)
    await clock.advance(1)
    assert (await live.renew()).renewals == 1
    assert provider.requests == FRAME


async def test_when_both_ways_are_refused_a_person_has_to_go_on(alice: SignedIn, provider: RecordingProvider) -> None:
    """[fallback fails, ensure the user is logged out]"""
    provider.answer('/token', {'error': 'invalid_grant'}, 400)
    live = alice.live(FailingFrame(InteractionRequired()))
    with pytest.raises(InteractionRequired):
        await live.renew()
    assert live.phase == 'sign-in-needed'


async def test_a_transient_failure_keeps_the_refresh_token(
    alice: SignedIn, provider: RecordingProvider, clock: FakeClock
) -> None:
    """[refreshToken is NOT removed after non-token error]"""
    provider.answer('/token', status=503)
    live = alice.live(methods=('refresh_token',))
    with pytest.raises(ProviderFailed):
        await live.renew()
    assert live.session.tokens.refresh_token == alice.session.tokens.refresh_token
    provider.behave()
    await clock.advance(1)
    assert (await live.renew()).renewals == 1


async def test_a_refresh_token_whose_answer_was_lost_is_not_sent_again_while_there_is_another_way(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    provider.lose_answer('/token')
    live = alice.live(FailingFrame(NoBrowser()))
    with pytest.raises((ProviderUnreachable, ProviderFailed, NoBrowser)):
        await live.renew()
    kept = await alice.store.load(alice.session.id)
    assert kept is not None
    assert kept.refresh_in_doubt  # also for the process that comes after this one
    provider.behave()
    provider.requests.clear()
    restarted = alice.make(kept, methods=BOTH[::-1])
    restarted.user_agents.add(alice.frame)
    session = await restarted.renew()
    assert provider.requests == FRAME
    assert not session.refresh_in_doubt


async def test_a_refreshed_id_token_has_to_be_about_the_same_person(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    """[should enforce a matching sub claim]"""
    other = alice.session.changed(refresh_claims={**alice.session.claims, 'sub': 'demo|bob'})
    assert await alice.store.replace(alice.session, other)
    with pytest.raises(SubjectMismatch):
        await alice.make(other, methods=('refresh_token',)).renew()


async def test_a_refreshed_id_token_has_to_be_about_the_same_sign_in(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    other = alice.session.changed(refresh_claims={**alice.session.claims, 'auth_time': 1})
    assert await alice.store.replace(alice.session, other)
    with pytest.raises(InvalidIdToken, match='auth_time'):
        await alice.make(other, methods=('refresh_token',)).renew()


async def test_another_user_at_the_provider_settles_it_even_with_a_refresh_token(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    await alice.frame.sign_in_at_provider('bob')
    live = alice.live()
    with pytest.raises(SubjectMismatch):
        await live.renew()
    assert provider.requests[-2:] == FRAME
    assert live.session is alice.session


async def test_a_browser_that_withholds_the_cookie_is_asked_once_and_then_the_refresh_token_is_used(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    withheld = FailingFrame(InteractionRequired())
    session = alice.session.changed(frame_works=None)
    assert await alice.store.replace(alice.session, session)
    live = alice.make(session)
    live.user_agents.add(withheld)
    assert (await live.renew()).frame_works is False
    asked = withheld.asked
    assert (await live.renew()).renewals == 2
    assert withheld.asked == asked


async def test_a_browser_that_withholds_the_cookie_without_a_refresh_token_is_told_so(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    session = alice.session.changed(frame_works=None)
    assert await alice.store.replace(alice.session, session)
    live = alice.make(session, methods=('iframe',))
    live.user_agents.add(FailingFrame(InteractionRequired()))
    with pytest.raises(ThirdPartyCookiesBlocked):
        await live.renew()
    assert (live.phase, kind(live.error)) == ('sign-in-needed', ThirdPartyCookiesBlocked)
    provider.requests.clear()
    with pytest.raises(ThirdPartyCookiesBlocked):
        await live.renew()
    assert provider.requests == []


async def test_a_frame_that_gets_no_answer_has_the_discovery_document_looked_at_again(
    alice: SignedIn, provider: RecordingProvider, clock: FakeClock
) -> None:
    await clock.advance(REFETCH_INTERVAL)
    provider.requests.clear()
    with pytest.raises(SilentTimeout):
        await alice.live(FailingFrame(SilentTimeout()), methods=('iframe',)).renew()
    await settle()
    assert provider.requests == ['/.well-known/openid-configuration']
