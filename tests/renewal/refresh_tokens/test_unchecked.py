"""What came with a refresh token is kept before it is checked, and checked again where that was not possible."""

from __future__ import annotations

import pytest
from joserfc.jwk import RSAKey
from starlette.responses import Response

from app.errors import (
    InvalidIdToken,
    NoBrowser,
    ProviderFailed,
    SubjectMismatch,
)
from app.oidc.keys import REFETCH_INTERVAL
from tests.clock import FakeClock
from tests.provider import RecordingProvider
from tests.renewal.answers import FailingFrame
from tests.renewal.conftest import SignedIn
from tests.renewal.refresh_tokens.conftest import Start, TokenEndpoint, changed, renew_unchecked


async def test_a_refresh_token_that_came_is_kept_before_the_rest_is_checked(
    started: Start, provider: RecordingProvider, endpoint: TokenEndpoint, clock: FakeClock
) -> None:
    process = await started()
    await renew_unchecked(process, provider)
    kept = await process.store.load(process.live.session.id)
    assert kept is not None
    assert kept.tokens.refresh_token not in {None, *endpoint.sent}
    assert not kept.refresh_in_doubt
    assert kept.tokens.access_token == process.live.session.tokens.access_token  # unchecked, so nothing is used


async def test_what_could_not_be_checked_is_checked_again_and_nothing_is_sent_for_it(
    started: Start, provider: RecordingProvider, endpoint: TokenEndpoint, clock: FakeClock
) -> None:
    process = await started()
    provider.answer('/jwks', status=503)
    for _ in range(3):
        with pytest.raises(ProviderFailed):
            await process.live.renew()
        assert process.live.phase == 'retrying'
        await clock.advance(30)
    del provider.instead['/jwks']
    session = await process.live.renew()
    assert (session.renewals, session.unchecked, len(endpoint.sent)) == (1, None, 1)
    await process.live.renew()
    assert not endpoint.twice


async def test_it_is_checked_after_a_restart_too(
    started: Start, provider: RecordingProvider, endpoint: TokenEndpoint
) -> None:
    await renew_unchecked(await started(), provider)
    del provider.instead['/jwks']
    session = await (await started()).live.renew()
    assert (session.renewals, len(endpoint.sent)) == (1, 1)


async def test_a_key_that_is_published_later_than_it_is_used_is_waited_for(
    started: Start, provider: RecordingProvider, endpoint: TokenEndpoint, clock: FakeClock
) -> None:
    process = await started()
    other = RSAKey.generate_key(2048).as_dict(private=False)
    provider.answer('/jwks', {'keys': [{**other, 'kid': 'another', 'use': 'sig'}]})
    with pytest.raises(ProviderFailed, match='published later'):
        await process.live.renew()
    assert process.live.phase == 'retrying'
    del provider.instead['/jwks']
    await clock.advance(REFETCH_INTERVAL)
    assert ((await process.live.renew()).renewals, len(endpoint.sent)) == (1, 1)


async def test_no_other_tokens_are_asked_for_while_some_wait_to_be_checked(
    started: Start, alice: SignedIn, provider: RecordingProvider, endpoint: TokenEndpoint
) -> None:
    process = await started(alice.frame, methods=('refresh_token', 'iframe'))
    await renew_unchecked(process, provider)
    assert '/authorize' not in provider.requests


async def test_an_answer_that_outlived_itself_is_not_used_and_its_refresh_token_is(
    started: Start, provider: RecordingProvider, endpoint: TokenEndpoint, clock: FakeClock
) -> None:
    await renew_unchecked(await started(), provider)
    del provider.instead['/jwks']
    await clock.advance(provider.token_lifetime)
    session = await (await started()).live.renew()
    assert session.is_active(clock.now())
    assert len(endpoint.sent) == 2
    assert not endpoint.twice


@pytest.mark.parametrize('name', ['id_token', 'access_token', 'token_type'])
async def test_an_answer_that_is_refused_leaves_its_refresh_token(
    started: Start, endpoint: TokenEndpoint, clock: FakeClock, name: str
) -> None:
    process = await started()

    async def spoil(answer: Response) -> Response:
        endpoint.afterwards = None
        return changed(answer, **{name: 'no good'} if name != 'access_token' else {name: ''})

    endpoint.afterwards = spoil
    with pytest.raises((InvalidIdToken, ProviderFailed)):
        await process.live.renew()
    await clock.advance(30)
    assert (await process.live.renew()).renewals == 1
    assert not endpoint.twice


async def test_a_refresh_for_somebody_else_is_not_used_even_when_it_is_checked_late(
    started: Start, alice: SignedIn, provider: RecordingProvider, endpoint: TokenEndpoint
) -> None:
    other = alice.session.changed(refresh_claims={**alice.session.claims, 'sub': 'demo|bob'})
    assert await alice.store.replace(alice.session, other)
    process = await started()
    await renew_unchecked(process, provider)
    del provider.instead['/jwks']
    with pytest.raises(SubjectMismatch):
        await (await started()).live.renew()


async def test_the_refresh_token_that_a_frame_brings_is_not_used_before_it_is_known_whose_it_is(
    started: Start, alice: SignedIn, provider: RecordingProvider, endpoint: TokenEndpoint, clock: FakeClock
) -> None:
    assert await alice.store.replace(alice.session, in_doubt := alice.session.changed(refresh_in_doubt=True))
    await alice.frame.sign_in_at_provider('bob')
    process = await started(alice.frame, methods=('iframe', 'refresh_token'))
    await renew_unchecked(process, provider)
    assert process.live.session.unchecked is not None
    assert process.live.session.tokens.refresh_token == in_doubt.tokens.refresh_token
    del provider.instead['/jwks']
    await clock.advance(1)
    with pytest.raises(SubjectMismatch):
        await process.live.renew()
    assert process.live.session.unchecked is None
    assert endpoint.sent == []


async def test_what_a_frame_has_brought_is_checked_later(
    started: Start, alice: SignedIn, provider: RecordingProvider, endpoint: TokenEndpoint, clock: FakeClock
) -> None:
    assert await alice.store.replace(alice.session, alice.session.changed(refresh_in_doubt=True))
    process = await started(alice.frame, methods=('iframe', 'refresh_token'))
    await renew_unchecked(process, provider)
    del provider.instead['/jwks']
    session = await (await started(FailingFrame(NoBrowser()), methods=('iframe', 'refresh_token'))).live.renew()
    assert (session.renewed_by, session.refresh_in_doubt, endpoint.sent) == ('iframe', False, [])
