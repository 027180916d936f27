"""Access tokens for several APIs: each renewed by itself, none beside another use of the refresh token."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from starlette.responses import JSONResponse, Response

from app.errors import AudienceRefused, BrowserNeeded, RefreshTokenRefused, SessionEnded, TokenExpired
from app.oidc.authorization import AuthorizationResponse
from app.renewal.events import Ended, SignedInAgain
from app.renewal.live_session import LiveSession
from app.renewal.tokens.held_session import HeldSession
from app.sessions.session import Ending, Session
from tests.clock import FakeClock, settle
from tests.keeping import keep
from tests.provider import RecordingProvider
from tests.renewal.anywhere.conftest import API_A, API_B, EACH, HOUR, UNKNOWN, Open, Resources, idle
from tests.renewal.conftest import SILENT, SignedIn, finished
from tests.renewal.refresh_tokens import conftest
from tests.renewal.refresh_tokens.conftest import Start

started = conftest.started


async def test_two_audiences_and_the_session_itself_are_each_renewed_once_for_each_time_that_they_are_due(
    alice: SignedIn, resources: Resources, clock: FakeClock
) -> None:
    job = HeldSession(alice.registry(), alice.session)
    for _ in range(HOUR // 10):
        await clock.advance(10)
        for audience in (None, API_A, API_B):
            token = await job.access_token(audience)
            assert resources.audiences[token] == audience
        await idle(await job.live())
    assert resources.granted[None] == HOUR // EACH
    assert resources.granted[API_A] == resources.granted[API_B] == 1 + (HOUR - 10) // EACH
    assert resources.overlaps == 0
    assert len(set(resources.sent)) == len(resources.sent)  # none was sent twice
    live = await job.live()
    assert (live.phase, live.error, live.session.renewals) == ('active', None, HOUR // EACH)


async def test_all_at_once_ask_one_after_the_other_and_once_each(alice: SignedIn, resources: Resources) -> None:
    live = alice.live(methods=('refresh_token',))
    wanted = [live.access_token(audience) for audience in (API_A, API_B) * 3]
    tokens = await asyncio.gather(live.renew(), *wanted)
    assert len(set(tokens[1:])) == 2
    assert resources.granted == {None: 1, API_A: 1, API_B: 1}
    assert (resources.overlaps, len(set(resources.sent))) == (0, 3)


async def test_the_configured_audience_is_the_sessions_own(alice: SignedIn, resources: Resources) -> None:
    live = alice.live()
    assert await live.access_token(None) == alice.session.tokens.access_token
    assert resources.granted == {}


async def test_the_sessions_own_token_and_claims_stay(alice: SignedIn, resources: Resources) -> None:
    live = alice.live(methods=('refresh_token',))
    token = await live.access_token(API_A)
    before, after = alice.session, live.session
    assert after.tokens.access_token == before.tokens.access_token != token
    assert after.tokens.refresh_token != before.tokens.refresh_token
    assert (after.claims, after.renewals, after.tokens.id_token) == (before.claims, 0, before.tokens.id_token)
    assert await alice.store.load(after.id) == after
    assert token not in repr(after)


async def test_without_a_refresh_token_the_frame_brings_it(
    alice: SignedIn, resources: Resources, clock: FakeClock, opened: Open
) -> None:
    registry = alice.registry(methods=('iframe',))
    job = HeldSession(registry, alice.session)
    with pytest.raises(BrowserNeeded):
        await job.access_token(API_A)
    opened(registry, alice.session)
    token = await job.access_token(API_A)
    assert resources.audiences[token] == API_A
    assert resources.sent == []


async def test_the_frame_asks_for_it_where_the_session_was_signed_in(
    alice: SignedIn, resources: Resources, opened: Open
) -> None:
    alice.session = replace(alice.session, id='signed in at org_1', params={'organization': 'org_1'})
    await keep(alice.store, alice.session, alice.session.browser)
    registry = alice.registry(methods=('iframe',))
    tab = opened(registry, alice.session)
    asked: list[str] = []
    authorize = alice.frame.authorize

    async def noted(url: str) -> AuthorizationResponse:
        asked.append(url)
        return await authorize(url)

    alice.frame.authorize = noted  # type: ignore[method-assign]
    await tab.live.access_token(API_A)
    assert ['organization=org_1' in url for url in asked] == [True]


async def refused(live: LiveSession) -> AudienceRefused:
    with pytest.raises(AudienceRefused) as caught:
        await live.access_token(UNKNOWN)
    return caught.value


async def test_an_audience_that_is_refused_changes_nothing_else_and_is_asked_for_again_after_a_pause(
    alice: SignedIn, resources: Resources, clock: FakeClock
) -> None:
    live = alice.live(methods=('refresh_token',))
    assert (await refused(live)).code == 'invalid_target'
    assert (live.phase, live.error, live.next_attempt) == ('active', None, alice.clock.now() + EACH)
    assert resources.audiences[await live.access_token(API_A)] == API_A
    for _ in range(5):
        await refused(live)
        await idle(live)  # the session's own token is renewed meanwhile
        await clock.advance(100)
    assert resources.asked.count(UNKNOWN) == 1
    await clock.advance(100)
    await refused(live)
    assert resources.asked.count(UNKNOWN) == 2


async def test_one_that_is_not_among_those_that_are_configured_costs_no_refresh_token(
    alice: SignedIn, resources: Resources
) -> None:
    alice.oidc.registration = replace(alice.oidc.registration, audiences=(API_A,))
    await refused(alice.live(methods=('refresh_token',)))
    assert resources.sent == []


@pytest.mark.parametrize(('headers', 'seconds'), [({}, 1), ({'Retry-After': '40'}, 40)])
async def test_a_failure_is_repeated_after_a_pause_and_what_the_provider_asks_for_binds_all(
    alice: SignedIn, resources: Resources, clock: FakeClock, headers: dict[str, str], seconds: int
) -> None:
    live = alice.live(methods=('refresh_token',))
    resources.instead[API_A] = lambda: Response(status_code=503, headers=headers)
    for _ in range(3):
        with pytest.raises(TokenExpired):
            await live.access_token(API_A)
    assert len(resources.sent) == 1
    assert live.state.not_before == (clock.now() + seconds if headers else 0)
    await clock.advance(seconds)
    del resources.instead[API_A]
    assert resources.audiences[await live.access_token(API_A)] == API_A


async def test_a_token_that_is_still_good_serves_while_its_renewal_fails(
    alice: SignedIn, resources: Resources, clock: FakeClock
) -> None:
    live = alice.live(methods=('refresh_token',))
    token = await live.access_token(API_A)
    resources.instead[API_A] = lambda: Response(status_code=503)
    await clock.advance(EACH + 10)
    for _ in range(5):
        assert await live.access_token(API_A) == token
        await settle()


async def test_a_refusal_of_the_refresh_token_is_found_out_by_the_sessions_own_renewal(
    alice: SignedIn, resources: Resources, clock: FakeClock
) -> None:
    live = alice.live(methods=('refresh_token',))
    resources.instead[API_A] = lambda: JSONResponse({'error': 'invalid_grant'}, 400)
    with pytest.raises(Exception, match='invalid_grant'):
        await live.access_token(API_A)
    assert (live.phase, live.session.tokens.refresh_token) == ('active', alice.session.tokens.refresh_token)
    assert (await live.renew()).renewals == 1  # it was refused for that audience only


async def test_a_refusal_where_no_page_is_open_is_not_asked_for_again_and_again(
    alice: SignedIn, resources: Resources, clock: FakeClock
) -> None:
    job = HeldSession(alice.registry(), alice.session)
    resources.instead[API_A] = lambda: JSONResponse({'error': 'invalid_grant'}, 400)
    for _ in range(5):
        with pytest.raises(RefreshTokenRefused):
            await job.access_token(API_A)
        await clock.advance(10)
    assert len(resources.sent) == 1
    await clock.advance(10)
    with pytest.raises(RefreshTokenRefused):
        await job.access_token(API_A)
    assert len(resources.sent) == 2


async def test_one_that_an_api_has_refused_is_renewed_alone(alice: SignedIn, resources: Resources) -> None:
    live = alice.live(methods=('refresh_token',))
    old = await live.access_token(API_A)
    new = await live.another_token(old, API_A)
    assert new != old
    assert await live.another_token(old, API_A) == new  # somebody else has renewed it
    assert resources.granted == {API_A: 2}


async def test_a_logout_takes_them_all(alice: SignedIn, resources: Resources) -> None:
    live = alice.live(methods=('refresh_token',))
    await live.access_token(API_A)
    live.send(Ended())
    with pytest.raises(SessionEnded):
        await live.access_token(API_A)
    assert live.session.over(ending=_ending()).audience_tokens == {}


def _ending() -> Ending:
    return Ending('session_ended', 0.0)


async def test_another_sign_in_drops_those_of_the_earlier_one_and_whoever_waits_has_one_of_the_new(
    alice: SignedIn, resources: Resources, provider: RecordingProvider
) -> None:
    live = alice.live(methods=('refresh_token',))
    await live.access_token(API_B)
    request = await alice.oidc.silent_request(SILENT)
    again = Session.begin(await alice.oidc.redeem(request, await alice.frame.authorize(request.url)), {}, 'browser 2')
    await keep(alice.store, again)
    release = provider.hang('/token')
    waiting = asyncio.create_task(live.access_token(API_A))
    await settle()
    live.send(SignedInAgain(again))
    assert live.session.audience_tokens == {}
    assert not live.state.audiences
    release.set()
    token = await waiting
    assert (live.session.id, live.session.audience_tokens[API_A].access_token) == (again.id, token)


async def test_a_token_that_came_is_not_lost_nor_taken_for_the_sessions_own_when_the_process_ends_before_the_check(
    started: Start, resources: Resources, provider: RecordingProvider
) -> None:
    process = await started()
    provider.answer('/jwks', status=503)
    store = process.store
    process.live._provider.check_refreshed = _never  # type: ignore[method-assign, assignment]
    job = asyncio.create_task(process.live.access_token(API_A))
    await settle()
    for _ in range(50):
        kept = await store.load(process.live.session.id)
        if kept is not None and kept.unchecked is not None:
            break
        await settle()
    job.cancel()
    del provider.instead['/jwks']
    assert kept is not None
    assert kept.unchecked is not None
    assert kept.unchecked.audience == API_A
    assert kept.tokens.refresh_token not in resources.sent
    after = await started()
    renewed = await after.live.renew()
    assert renewed.tokens.access_token != kept.unchecked.document['access_token']
    assert renewed.audience_tokens[API_A].access_token == kept.unchecked.document['access_token']
    assert (renewed.renewals, renewed.unchecked, resources.granted) == (1, None, {API_A: 1, None: 1})
    assert len(set(resources.sent)) == len(resources.sent) == 2


async def _never(*_: object, **__: object) -> None:
    await asyncio.Event().wait()


async def test_an_answer_of_the_session_itself_is_checked_first(
    started: Start, resources: Resources, provider: RecordingProvider, clock: FakeClock
) -> None:
    process = await started()
    await conftest.renew_unchecked(process, provider)
    await clock.advance(2)  # it has failed, so that nobody is asked at once
    with pytest.raises(TokenExpired, match='checked first'):
        await process.live.access_token(API_A)
    del provider.instead['/jwks']
    await clock.advance(60)
    assert (await process.live.renew()).renewals == 1
    assert resources.audiences[await process.live.access_token(API_A)] == API_A
    assert len(set(resources.sent)) == len(resources.sent) == 2
    await finished(process.live)
