"""No used refresh token is ever sent twice, whatever fails between its answer and the store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest
from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.errors import (
    InvalidIdToken,
    NoBrowser,
    NothingToRenewWith,
    ProviderFailed,
    SessionEnded,
    StoreFailed,
    SubjectMismatch,
    TransientError,
)
from app.oidc.http import http_client
from app.oidc.keys import REFETCH_INTERVAL
from app.oidc.metadata import Registration
from app.oidc.provider import Provider
from app.renewal.live_session import LiveSession
from app.renewal.methods import Policy
from app.renewal.methods.choice import ANSWER_COMES
from app.renewal.state import Rules
from app.renewal.user_agents import UserAgent
from app.sessions.session import Ending, Session
from app.sessions.sqlite import SqliteSessionStore
from app.settings import RenewalMethod
from tests.clock import START, FakeClock, settle
from tests.provider import CLIENT_ID, ISSUER, RecordingProvider
from tests.renewal.answers import FailingFrame
from tests.renewal.conftest import SILENT, SignedIn

REFRESH_ONLY: tuple[RenewalMethod, ...] = ('refresh_token',)


@pytest.fixture
def scope() -> str:
    return 'openid profile email offline_access'


@dataclass
class TokenEndpoint:
    """The provider's, which writes down each refresh token that it is sent; `afterwards` happens to what it answers."""

    provider: RecordingProvider
    sent: list[str]
    afterwards: Callable[[Response], Awaitable[Response]] | None = None

    async def __call__(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        self.sent += form.get('refresh_token', [])
        answer = await self.provider.forward(request)
        return await self.afterwards(answer) if self.afterwards else answer

    @property
    def twice(self) -> set[str]:
        """What was sent more than once."""
        return {token for token in self.sent if self.sent.count(token) > 1}


@pytest.fixture
def endpoint(provider: RecordingProvider) -> TokenEndpoint:
    endpoint = TokenEndpoint(provider, [])
    provider.instead['/token'] = endpoint
    return endpoint


def held(endpoint: TokenEndpoint) -> tuple[asyncio.Event, asyncio.Event]:
    """The moment at which it has answered, and what lets the answer go."""
    reached, release = asyncio.Event(), asyncio.Event()

    async def wait(answer: Response) -> Response:
        reached.set()
        await release.wait()
        return answer

    endpoint.afterwards = wait
    return reached, release


def changed(answer: Response, **changes: str) -> Response:
    """The answer with other members."""
    return JSONResponse({**json.loads(bytes(answer.body)), **changes})


class FlakyStore(SqliteSessionStore):
    """A store that fails to write while it is told to."""

    fails = False

    async def replace(self, old: Session, new: Session) -> bool:
        if self.fails:
            raise StoreFailed('the disk is full')
        return await super().replace(old, new)


@dataclass
class Process:
    """A process over the same store that has just started: it knows no keys, and nothing of what was before."""

    store: FlakyStore
    live: LiveSession


Start = Callable[..., Awaitable[Process]]


@pytest.fixture
async def started(
    alice: SignedIn, provider: RecordingProvider, tmp_path: Path, clock: FakeClock
) -> AsyncIterator[Start]:
    stores: list[FlakyStore] = []

    async def start(*frames: UserAgent, methods: tuple[RenewalMethod, ...] = REFRESH_ONLY) -> Process:
        store = FlakyStore(tmp_path / 'sessions.sqlite3', lambda: 'k' * 32)
        await store.open()
        stores.append(store)
        session = await store.load(alice.session.id)
        assert session is not None
        http = http_client(httpx.ASGITransport(provider))
        oidc = Provider(ISSUER, Registration(CLIENT_ID, alice.session.refresh_scope), http, clock)
        policy = Policy(redirect_uri=SILENT, methods=methods)
        live = LiveSession(
            session, rules=Rules(), policy=policy, provider=oidc, store=store, clock=clock, jitter=lambda: 1.0
        )
        for frame in frames:
            live.user_agents.add(frame)
        return Process(store, live)

    yield start
    for store in stores:
        await store.close()


async def test_a_refresh_token_that_came_is_kept_before_the_rest_is_checked(
    started: Start, provider: RecordingProvider, endpoint: TokenEndpoint, clock: FakeClock
) -> None:
    process = await started()
    provider.answer('/jwks', status=503)
    with pytest.raises(ProviderFailed):
        await process.live.renew()
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
    provider.answer('/jwks', status=503)
    with pytest.raises(ProviderFailed):
        await (await started()).live.renew()
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
    provider.answer('/jwks', status=503)
    with pytest.raises(ProviderFailed):
        await process.live.renew()
    assert '/authorize' not in provider.requests


async def test_an_answer_that_outlived_itself_is_not_used_and_its_refresh_token_is(
    started: Start, provider: RecordingProvider, endpoint: TokenEndpoint, clock: FakeClock
) -> None:
    provider.answer('/jwks', status=503)
    with pytest.raises(ProviderFailed):
        await (await started()).live.renew()
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
    provider.answer('/jwks', status=503)
    with pytest.raises(ProviderFailed):
        await process.live.renew()
    del provider.instead['/jwks']
    with pytest.raises(SubjectMismatch):
        await (await started()).live.renew()


async def test_what_the_store_could_not_keep_stays_in_memory_until_it_can(
    started: Start, endpoint: TokenEndpoint, clock: FakeClock
) -> None:
    process = await started()

    async def break_store(answer: Response) -> Response:
        process.store.fails = True
        return answer

    endpoint.afterwards = break_store
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

    async def break_store(answer: Response) -> Response:
        process.store.fails = True
        return answer

    endpoint.afterwards = break_store
    with pytest.raises(StoreFailed):
        await process.live.renew()
    process.store.fails, endpoint.afterwards = False, None
    await process.live.close()
    assert (await (await started()).live.renew()).renewals == 1
    assert not endpoint.twice


async def crashed(started: Start, endpoint: TokenEndpoint) -> None:
    """A process that dies after the provider has answered, and before anything is written."""
    process = await started()

    async def die(answer: Response) -> Response:
        process.store.fails = True  # for ever: it writes nothing any more
        return answer

    endpoint.afterwards = die
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
    provider.answer('/jwks', status=503)
    with pytest.raises(ProviderFailed):
        await process.live.renew()
    session = process.live.session
    await process.store.end(session.id, Ending(SessionEnded.code, START))
    del provider.instead['/jwks']
    await clock.advance(1)
    marked = await process.store.load(session.id)
    assert marked is not None
    assert (marked.unchecked, marked.tokens.refresh_token) == (None, None)
    with pytest.raises(SessionEnded):
        await process.live.renew()


async def test_the_refresh_token_that_a_frame_brings_is_not_used_before_it_is_known_whose_it_is(
    started: Start, alice: SignedIn, provider: RecordingProvider, endpoint: TokenEndpoint, clock: FakeClock
) -> None:
    assert await alice.store.replace(alice.session, in_doubt := alice.session.changed(refresh_in_doubt=True))
    await alice.frame.sign_in_at_provider('bob')
    process = await started(alice.frame, methods=('iframe', 'refresh_token'))
    provider.answer('/jwks', status=503)
    with pytest.raises(ProviderFailed):
        await process.live.renew()
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
    provider.answer('/jwks', status=503)
    with pytest.raises(ProviderFailed):
        await process.live.renew()
    del provider.instead['/jwks']
    session = await (await started(FailingFrame(NoBrowser()), methods=('iframe', 'refresh_token'))).live.renew()
    assert (session.renewed_by, session.refresh_in_doubt, endpoint.sent) == ('iframe', False, [])


async def test_a_request_that_could_not_be_made_puts_nothing_in_doubt(
    started: Start, provider: RecordingProvider, endpoint: TokenEndpoint
) -> None:
    provider.answer('/.well-known/openid-configuration', status=503)
    process = await started()
    with pytest.raises(ProviderFailed):
        await process.live.renew()
    assert not process.live.session.refresh_in_doubt
    assert endpoint.sent == []
