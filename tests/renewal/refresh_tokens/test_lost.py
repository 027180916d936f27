"""The store fails, the process dies, another one is faster: what was sent stays sent, what came is not lost."""

from __future__ import annotations

import asyncio

import pytest

from app.errors import (
    NothingToRenewWith,
    ProviderFailed,
    SessionEnded,
    StoreFailed,
    TransientError,
)
from app.renewal.methods.choice import ANSWER_COMES
from app.sessions.session import Ending
from tests.clock import START, FakeClock, settle
from tests.provider import RecordingProvider
from tests.renewal.conftest import SignedIn
from tests.renewal.refresh_tokens.conftest import Start, TokenEndpoint, breaking, held, renew_unchecked


async def test_what_the_store_could_not_keep_stays_in_memory_until_it_can(
    started: Start, endpoint: TokenEndpoint, clock: FakeClock
) -> None:
    process = await started()
    endpoint.afterwards = breaking(process)
    for _ in range(3):
        with pytest.raises(StoreFailed):
            await process.live.renew()
        await clock.advance(30)
    process.store.fails, endpoint.afterwards = False, None
    session = await process.live.renew()
    assert (session.renewals, len(endpoint.sent)) == (1, 1)
    assert await process.store.load(session.id) == session


async def test_what_the_store_could_not_keep_is_written_at_the_end_of_the_process(
    started: Start, endpoint: TokenEndpoint
) -> None:
    process = await started()
    endpoint.afterwards = breaking(process)
    with pytest.raises(StoreFailed):
        await process.live.renew()
    process.store.fails, endpoint.afterwards = False, None
    await process.live.close()
    assert (await (await started()).live.renew()).renewals == 1
    assert not endpoint.twice


async def crashed(started: Start, endpoint: TokenEndpoint) -> None:
    """A process that dies after the provider has answered, and before anything is written."""
    process = await started()
    endpoint.afterwards = breaking(process)  # for ever: it writes nothing any more
    with pytest.raises(StoreFailed):
        await process.live.renew()
    endpoint.afterwards = None


async def test_after_a_crash_the_refresh_token_that_was_sent_is_not_sent_again(
    started: Start, endpoint: TokenEndpoint, clock: FakeClock
) -> None:
    await crashed(started, endpoint)
    process = await started()
    with pytest.raises(TransientError, match='another process'):  # which may be about to write it down
        await process.live.renew()
    await clock.advance(ANSWER_COMES)
    with pytest.raises(NothingToRenewWith):
        await process.live.renew()
    assert not endpoint.twice


async def test_after_a_crash_the_frame_brings_another_refresh_token(
    started: Start, alice: SignedIn, endpoint: TokenEndpoint
) -> None:
    await crashed(started, endpoint)
    process = await started(alice.frame, methods=('refresh_token', 'iframe'))
    assert (await process.live.renew()).renewed_by == 'iframe'
    assert (await process.live.renew()).renewed_by == 'refresh_token'
    assert not endpoint.twice


async def test_a_process_waits_for_the_answer_that_another_one_gets(
    started: Start, provider: RecordingProvider, endpoint: TokenEndpoint, clock: FakeClock
) -> None:
    first, (reached, release) = await started(), held(endpoint)
    renewal = asyncio.create_task(first.live.renew())
    await reached.wait()
    second = await started()
    with pytest.raises(TransientError, match='another process'):
        await second.live.renew()
    release.set()
    await renewal
    await clock.advance(1)
    assert (await second.live.renew()).renewals == 1
    assert len(endpoint.sent) == 1


async def test_a_process_that_ends_keeps_what_is_answered_to_its_refresh_token(
    started: Start, endpoint: TokenEndpoint
) -> None:
    process, (reached, release) = await started(), held(endpoint)
    renewal = asyncio.create_task(process.live.renew())
    await reached.wait()
    end = asyncio.create_task(process.live.close())
    await settle()
    release.set()
    await end
    renewal.cancel()
    endpoint.afterwards = None
    assert (await (await started()).live.renew()).renewals == 1
    assert not endpoint.twice


async def test_after_a_logout_the_answer_to_a_refresh_token_brings_nothing_back(
    started: Start, provider: RecordingProvider, endpoint: TokenEndpoint, clock: FakeClock
) -> None:
    process = await started()
    await renew_unchecked(process, provider)
    session = process.live.session
    await process.store.end(session.id, Ending(SessionEnded.code, START))
    del provider.instead['/jwks']
    await clock.advance(1)
    marked = await process.store.load(session.id)
    assert marked is not None
    assert (marked.unchecked, marked.tokens.refresh_token) == (None, None)
    with pytest.raises(SessionEnded):
        await process.live.renew()


async def test_a_request_that_could_not_be_made_puts_nothing_in_doubt(
    started: Start, provider: RecordingProvider, endpoint: TokenEndpoint
) -> None:
    provider.answer('/.well-known/openid-configuration', status=503)
    process = await started()
    with pytest.raises(ProviderFailed):
        await process.live.renew()
    assert not process.live.session.refresh_in_doubt
    assert endpoint.sent == []
