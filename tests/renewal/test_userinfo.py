"""Userinfo behind a renewal: it is asked anew, holds up no token, and fails none."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from app.errors import StoreFailed
from app.oidc.id_token import Claims
from app.renewal.live_session import LiveSession
from app.sessions.roles import roles_of
from app.sessions.session import Ending, Session
from tests.clock import START, settle
from tests.provider import CLIENT_ID, RecordingProvider
from tests.renewal.answers import SlowFrame
from tests.renewal.conftest import SignedIn

FRAME, REFRESH = ['/authorize', '/token'], ['/token']
ALICE = 'demo|alice'


@pytest.fixture
def scope() -> str:
    return 'openid profile email offline_access'


def says(provider: RecordingProvider, **claims: Any) -> None:
    """Have userinfo say this of Alice."""
    provider.answer('/userinfo', {'sub': ALICE, **claims})


async def with_userinfo(alice: SignedIn, userinfo: Claims | None) -> LiveSession:
    """Her session, with what userinfo said at the sign-in; None: it could not be had."""
    session = alice.session.changed(userinfo=userinfo)
    assert await alice.store.replace(alice.session, session)
    live = alice.make(session, methods=('iframe', 'refresh_token'))
    live.user_agents.add(alice.frame)
    return live


async def until(live: LiveSession, holds: Callable[[Session], bool]) -> Session:
    """Wait until that is so of the session; the store says the same then."""
    happened = asyncio.Event()
    live.changed.subscribe(lambda: happened.set() if holds(live.session) else None)
    if not holds(live.session):
        await asyncio.wait_for(happened.wait(), 5)
    return live.session


def asking() -> list[asyncio.Task[Any]]:
    """The questions to userinfo that are under way."""
    return [task for task in asyncio.all_tasks() if task.get_name() == 'userinfo']


async def answered() -> None:
    """Wait until the question that was put to userinfo last is settled, whatever comes of it."""
    if tasks := asking():
        _, unsettled = await asyncio.wait(tasks, timeout=5)
        assert not unsettled


async def test_a_role_that_was_taken_away_is_gone_after_the_next_renewal(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    live = await with_userinfo(alice, {'sub': ALICE, 'permissions': ['admin', 'editor']})
    says(provider, permissions=['editor'])
    await live.renew()
    session = await until(live, lambda session: session.claims['permissions'] == ['editor'])
    assert provider.requests == [*FRAME, '/userinfo']
    assert (session.renewals, live.phase, live.session.tokens) == (1, 'active', session.tokens)
    assert await alice.store.load(session.id) == session


@pytest.mark.parametrize('by', ['iframe', 'refresh_token'])
async def test_a_role_that_the_id_token_has_no_more_is_gone_at_once_and_comes_back_with_the_next(
    alice: SignedIn, provider: RecordingProvider, by: Any
) -> None:
    live = alice.make((await with_userinfo(alice, {'sub': ALICE})).session, methods=(by,))
    live.user_agents.add(alice.frame)
    assert roles_of(live.session.claims, None, CLIENT_ID).roles >= {'admin', 'editor'}
    provider.demo.take_role(ALICE)
    assert roles_of((await live.renew()).claims, None, CLIENT_ID).roles == {'editor', 'staff', 'engineering'}
    provider.demo.take_role(ALICE)
    assert 'admin' in roles_of((await live.renew()).claims, None, CLIENT_ID).roles


async def test_a_claim_that_is_in_neither_any_more_is_gone(alice: SignedIn, provider: RecordingProvider) -> None:
    live = await with_userinfo(alice, {'sub': ALICE, 'permissions': ['admin']})
    says(provider)
    await live.renew()
    session = await until(live, lambda session: 'permissions' not in session.claims)
    assert session.claims['name'] == 'Alice Adams'  # the ID token's


async def test_the_renewed_token_serves_while_userinfo_is_still_awaited(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    live = await with_userinfo(alice, {'sub': ALICE, 'permissions': ['admin']})
    release = provider.hang('/userinfo')
    session = await live.renew()
    assert await live.access_token() == session.tokens.access_token != alice.session.tokens.access_token
    assert session.claims['permissions'] == ['admin']
    release.set()
    await until(live, lambda session: 'permissions' not in session.claims)


@pytest.mark.parametrize(
    ('answer', 'status', 'words'),
    [
        pytest.param('', 500, 'going on without userinfo', id='down'),
        pytest.param({'sub': 'demo|bob', 'permissions': ['root']}, 200, 'userinfo is not used', id='somebody else'),
    ],
)
async def test_userinfo_that_cannot_be_had_leaves_what_it_said_before_and_the_log_says_so(
    alice: SignedIn,
    provider: RecordingProvider,
    caplog: pytest.LogCaptureFixture,
    answer: Any,
    status: int,
    words: str,
) -> None:
    live = await with_userinfo(alice, {'sub': ALICE, 'permissions': ['admin']})
    provider.answer('/userinfo', answer, status=status)
    with caplog.at_level(logging.WARNING):
        await live.renew()
        await answered()
    assert (live.session.claims['permissions'], live.phase, live.session.renewals) == (['admin'], 'active', 1)
    assert words in caplog.text


@pytest.mark.parametrize(
    ('userinfo', 'asks'),
    [
        pytest.param({}, [], id='there is none'),
        pytest.param({'sub': ALICE, 'name': 'Alice'}, [], id='it says nothing more'),
        pytest.param({'sub': ALICE, 'permissions': []}, ['/userinfo'], id='it says more'),
        pytest.param(None, ['/userinfo'], id='it could not be had so far'),
    ],
)
@pytest.mark.parametrize(('by', 'requests'), [('iframe', FRAME), ('refresh_token', REFRESH)])
async def test_it_is_asked_only_if_something_rests_on_it(
    alice: SignedIn, provider: RecordingProvider, userinfo: Claims | None, asks: list[str], by: Any, requests: list[str]
) -> None:
    live = await with_userinfo(alice, userinfo)
    live = alice.make(live.session, methods=(by,))
    live.user_agents.add(alice.frame)
    await live.renew()
    await answered()
    assert provider.requests == [*requests, *asks]


async def test_userinfo_that_was_down_at_the_sign_in_is_there_after_a_renewal(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    live = await with_userinfo(alice, None)
    says(provider, permissions=['admin'])
    await live.renew()
    await until(live, lambda session: session.claims.get('permissions') == ['admin'])


async def test_userinfo_that_says_what_it_said_is_no_change(alice: SignedIn, provider: RecordingProvider) -> None:
    userinfo = {'sub': ALICE, 'permissions': ['admin']}
    live = await with_userinfo(alice, userinfo)
    says(provider, permissions=['admin'])
    session = await live.renew()
    await answered()
    assert live.session is session
    assert await alice.store.load(session.id) == session


async def test_what_comes_while_the_next_renewal_is_under_way_does_not_cost_its_tokens(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    live = await with_userinfo(alice, {'sub': ALICE, 'permissions': ['admin']})
    live = alice.make(live.session, methods=('iframe',))
    live.user_agents.add(slow := SlowFrame(alice.frame))
    slow.release.set()
    release = provider.hang('/userinfo')
    first = await live.renew()
    slow.release.clear()
    second = asyncio.create_task(live.renew())
    await settle()
    release.set()
    await until(live, lambda session: 'permissions' not in session.claims)
    assert live.phase == 'renewing'
    slow.release.set()
    session = await second
    assert (session.renewals, session.revision) == (2, first.revision + 2)
    assert session.tokens.access_token != first.tokens.access_token
    assert 'permissions' not in session.claims
    assert await alice.store.load(session.id) == session


async def test_an_answer_that_another_renewal_has_overtaken_counts_for_nothing(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    live = await with_userinfo(alice, {'sub': ALICE, 'permissions': ['admin']})
    release = provider.hang('/userinfo')
    session = await live.renew()
    newer = session.changed(renewals=2, userinfo={'sub': ALICE, 'permissions': ['of another process']})
    assert await alice.store.replace(session, newer)
    release.set()
    await answered()
    assert await alice.store.load(session.id) == newer


async def test_what_else_became_of_the_session_meanwhile_stays(alice: SignedIn, provider: RecordingProvider) -> None:
    live = await with_userinfo(alice, {'sub': ALICE, 'permissions': ['admin']})
    release = provider.hang('/userinfo')
    session = await live.renew()
    assert await alice.store.replace(session, session.changed(frame_timeouts=1))
    release.set()
    known = await until(live, lambda session: 'permissions' not in session.claims)
    assert (known.frame_timeouts, known.revision) == (1, session.revision + 2)
    assert await alice.store.load(session.id) == known


async def test_a_session_that_ended_meanwhile_is_not_brought_back(alice: SignedIn, provider: RecordingProvider) -> None:
    live = await with_userinfo(alice, {'sub': ALICE, 'permissions': ['admin']})
    release = provider.hang('/userinfo')
    session = await live.renew()
    await alice.store.end(session.id, Ending('session_ended', START))
    release.set()
    await answered()
    ended = await alice.store.load(session.id)
    assert ended is not None
    assert ended.ended is not None
    assert ended.claims == {}


async def test_a_store_that_fails_leaves_the_claims_and_the_log_says_so(
    alice: SignedIn, provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    live = await with_userinfo(alice, {'sub': ALICE, 'permissions': ['admin']})
    release = provider.hang('/userinfo')
    await live.renew()

    async def fail(*_: object) -> bool:
        raise StoreFailed

    monkeypatch.setattr(alice.store, 'replace', fail)
    release.set()
    await answered()
    assert live.session.claims['permissions'] == ['admin']
    assert 'what userinfo says could not be written down' in caplog.text


async def test_the_end_of_the_process_does_not_wait_for_userinfo(alice: SignedIn, provider: RecordingProvider) -> None:
    live = await with_userinfo(alice, {'sub': ALICE, 'permissions': ['admin']})
    provider.hang('/userinfo')
    await live.renew()
    await live.close()
    await settle()
    assert asking() == []


async def test_of_two_questions_the_later_one_counts(alice: SignedIn, provider: RecordingProvider) -> None:
    live = await with_userinfo(alice, {'sub': ALICE, 'permissions': ['admin']})
    provider.hang('/userinfo')
    await live.renew()
    says(provider, permissions=['later'])
    await live.renew()
    await until(live, lambda session: session.claims['permissions'] == ['later'])
    await settle()
    assert asking() == []


async def test_a_refresh_without_an_id_token_keeps_the_earlier_ones_claims(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    """RFC 6749 §5.1: it brings an access token, and what else it likes."""
    live = await with_userinfo(alice, {'sub': ALICE, 'permissions': ['admin']})
    live = alice.make(live.session, methods=('refresh_token',))
    provider.change_tokens(id_token=None)
    says(provider)
    before = live.session
    await live.renew()
    session = await until(live, lambda session: 'permissions' not in session.claims)
    assert session.id_claims == before.id_claims
    assert session.tokens.id_token == before.tokens.id_token


async def test_what_came_with_the_sign_in_stays_where_there_is_nobody_to_ask(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    """Apple says a name once, and has no userinfo endpoint."""
    names = ('authorization_endpoint', 'token_endpoint', 'jwks_uri')
    known = await alice.oidc.metadata()
    document = {'issuer': known.issuer, **{name: getattr(known, name) for name in names}}
    provider.answer('/.well-known/openid-configuration', document)
    alice.oidc.doubt('it has changed')
    live = await with_userinfo(alice, {'name': 'Ada Lovelace', 'given_name': 'Ada'})
    session = await live.renew()
    await answered()
    assert session.renewals == 1
    assert live.session.userinfo == {'name': 'Ada Lovelace', 'given_name': 'Ada'}
