"""What the store knows of a browser: its id changes with every sign-in and every end, in one step with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import AnotherBrowser, SessionEnded, StoreFailed
from app.sessions.browser_record import VISIT, BrowserRecord
from app.sessions.pending_authorization import AuthorizationKind
from app.sessions.session import ABANDONED_AFTER, Ending, Session
from app.sessions.sqlite import MOST_AUTHORIZATIONS, SqliteSessionStore
from app.sessions.store import FinishedSignIn
from tests.clock import START
from tests.keeping import keep
from tests.sessions.conftest import Open
from tests.sessions.examples import LOGOUT, authorization, execute
from tests.sessions.test_session import grant


def of(name: str, browser: str, requested_at: float = START, **claims: str) -> Session:
    """A session of this person."""
    granted = grant(requested_at=requested_at)
    return Session.begin(replace(granted, claims={**granted.claims, 'sub': name, **claims}), {}, browser)


async def claimed(
    store: SqliteSessionStore, state: str, browser: str, kind: AuthorizationKind = 'interactive'
) -> Callable[[Session, str], Awaitable[FinishedSignIn | None]]:
    """Begin and claim; what finishes it for a session and the id of the browser that asks."""
    begun = replace(authorization(state, browser), kind=kind)
    await store.begin_authorization(begun)
    await store.claim_authorization(state, browser, START)
    return lambda session, finisher: store.finish_authorization(begun, session, finisher)


async def test_a_sign_in_changes_the_id_and_leaves_nothing_under_the_old_one(store: SqliteSessionStore) -> None:
    await store.change_browser('old', lambda record: replace(record, window_key='key'), START)
    session = of('alice', 'new')
    assert await keep(store, session, 'old') == FinishedSignIn(session)
    assert await store.browser('old') == BrowserRecord('old', successor='new')
    assert await store.browser('new') == BrowserRecord('new', session_id=session.id, window_key='key')


async def test_the_earlier_session_of_the_same_person_is_forgotten(store: SqliteSessionStore) -> None:
    first, second = of('alice', 'one'), of('alice', 'two')
    await keep(store, first)
    assert await keep(store, second, 'one') == FinishedSignIn(second, first.id)
    assert await store.load(first.id) is None
    assert await store.load(second.id) == second


@pytest.mark.parametrize('other', [of('bob', 'two'), of('alice', 'two', iss='https://another')], ids=['sub', 'iss'])
async def test_the_earlier_session_of_another_person_says_why_it_is_over(
    store: SqliteSessionStore, other: Session
) -> None:
    first = of('alice', 'one')
    await keep(store, first)
    assert await keep(store, other, 'one') == FinishedSignIn(other, first.id, by_another=True, ended=first)
    over = await store.load(first.id)
    assert over is not None
    assert over.ended == Ending('another_user', START)


async def test_who_had_a_session_that_is_gone_counts_as_another_person(store: SqliteSessionStore, path: Path) -> None:
    await keep(store, of('alice', 'one'))
    execute(path, 'DELETE FROM sessions')
    assert (await keep(store, of('alice', 'two'), 'one')).by_another


async def test_sign_ins_of_other_tabs_are_finished_under_the_next_id(store: SqliteSessionStore) -> None:
    await store.begin_authorization(authorization('another tab', 'one'))
    await keep(store, of('alice', 'two'), 'one')
    begun = await store.claim_authorization('another tab', 'two', START)
    assert begun == authorization('another tab', 'two')
    session = of('alice', 'three')
    assert begun is not None
    finished = await store.finish_authorization(begun, session, 'two')
    assert finished is not None
    assert finished.session == session


async def test_whoever_knew_the_earlier_id_cannot_begin_a_sign_in_for_the_next_one(store: SqliteSessionStore) -> None:
    await keep(store, of('alice', 'two'), 'one')
    await store.begin_authorization(authorization('forged', 'one'))
    with pytest.raises(AnotherBrowser):
        await store.claim_authorization('forged', 'two', START)


async def test_whoever_signs_in_with_an_earlier_id_gets_a_session_of_their_own(store: SqliteSessionStore) -> None:
    victim, mallory = of('alice', 'two'), of('mallory', 'three')
    await keep(store, victim, 'one')
    assert await keep(store, mallory, 'one') == FinishedSignIn(mallory)
    assert await store.load(victim.id) == victim
    assert await store.browser('two') == BrowserRecord('two', session_id=victim.id)


async def test_of_two_sign_ins_at_once_of_one_person_the_first_stays(store: SqliteSessionStore) -> None:
    first, second = await claimed(store, 'a', 'one'), await claimed(store, 'b', 'one')
    session = of('alice', 'two')
    await first(session, 'one')
    assert await second(of('alice', 'three'), 'one') == FinishedSignIn(session)
    assert await store.browser('three') is None


async def test_of_two_sign_ins_at_once_of_two_people_the_second_is_refused(
    store: SqliteSessionStore, path: Path
) -> None:
    first, second = await claimed(store, 'a', 'one'), await claimed(store, 'b', 'one')
    await first(of('alice', 'two'), 'one')
    assert await second(of('bob', 'three'), 'one') is None
    assert await store.browser('three') is None
    assert execute(path, 'SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM authorizations)') == [(1, 0)]


async def test_a_logout_gives_the_mark_to_both_ids_and_forgets_sign_ins_in_progress(store: SqliteSessionStore) -> None:
    session = of('alice', 'one')
    await keep(store, session)
    await store.begin_authorization(authorization('another tab', 'one'))
    assert await store.end(session.id, LOGOUT, browser='one', heir='two') == session
    for browser in ('one', 'two'):
        record = await store.browser(browser)
        assert record is not None
        assert record.session_id == session.id
    assert await store.claim_authorization('another tab', 'two', START) is None


async def test_a_limit_leaves_the_sign_in_that_the_person_has_begun(store: SqliteSessionStore) -> None:
    session = of('alice', 'one')
    await keep(store, session)
    await store.begin_authorization(authorization('their own', 'one'))
    await store.end(session.id, Ending('session_idle', START), browser='one', heir='two')
    assert await store.claim_authorization('their own', 'two', START) is not None


async def test_a_sign_in_that_was_forgotten_while_it_was_redeemed_makes_no_session(open_store: Open) -> None:
    store, other_process = await open_store(), await open_store()
    session = of('alice', 'one')
    await keep(store, session)
    finish = await claimed(store, 'a', 'one')
    await other_process.end(session.id, LOGOUT)
    late = of('alice', 'two')
    assert await finish(late, 'one') is None
    assert await store.load(late.id) is None


async def test_an_id_has_one_successor_by_an_end(store: SqliteSessionStore) -> None:
    await keep(store, of('alice', 'one'))
    assert await store.succeed('one', 'two', START)
    assert not await store.succeed('one', 'three', START)
    assert await store.browser('three') is None
    assert not await store.succeed('unknown', 'four', START)


async def test_nobody_is_signed_in_silently_where_somebody_has_been(store: SqliteSessionStore) -> None:
    session = of('alice', 'one')
    await keep(store, session, 'before')
    await store.end(session.id, Ending('session_too_old', START))
    for browser in ('before', 'one'):
        with pytest.raises(SessionEnded):
            await store.begin_authorization(replace(authorization('a', browser), kind='silent'))
    await store.begin_authorization(authorization('a', 'one'))


async def test_a_silent_sign_in_is_noted_and_tried_once_a_visit(store: SqliteSessionStore) -> None:
    await store.begin_authorization(replace(authorization('a', 'one'), kind='silent'))
    record = await store.browser('one')
    assert record is not None
    assert [record.may_look_for_session(START + after) for after in (0, VISIT - 1, VISIT, -1)] == [
        *(False, False),
        *(True, True),
    ]


@pytest.mark.parametrize('finisher', ['one', 'two'], ids=['with the old id', 'with the new id'])
async def test_a_silent_sign_in_takes_nobodys_place(store: SqliteSessionStore, finisher: str) -> None:
    silent = await claimed(store, 'a', 'one', 'silent')
    alice = of('alice', 'two')
    await keep(store, alice, 'one')
    assert await silent(of('bob', 'three'), finisher) is None
    assert await store.load(alice.id) == alice
    assert await store.browser('two') == BrowserRecord('two', session_id=alice.id)


async def test_a_store_that_fails_in_the_middle_of_a_sign_in_changes_nothing(
    store: SqliteSessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = of('alice', 'one')
    await keep(store, session)
    finish = await claimed(store, 'a', 'one')
    monkeypatch.setattr('app.sessions.browser_rows.KEEP_BROWSER', 'INSERT INTO nowhere VALUES (?, ?, ?, ?)')
    late = of('bob', 'two')
    with pytest.raises(StoreFailed):
        await finish(late, 'one')
    assert await store.load(session.id) == session
    assert await store.browser('one') == BrowserRecord('one', session_id=session.id, return_to='/profile')
    assert await store.load(late.id) is None


async def test_a_sign_in_makes_one_session(store: SqliteSessionStore) -> None:
    begun = authorization('a', 'one')
    await store.begin_authorization(begun)
    assert await store.finish_authorization(begun, of('alice', 'two'), 'one') is None  # nobody has claimed it
    await keep(store, of('alice', 'two'), 'one')
    await store.begin_authorization(begun := authorization('b', 'two'))
    await store.claim_authorization('b', 'two', START)
    assert await store.finish_authorization(begun, of('alice', 'three'), 'two') is not None
    assert await store.finish_authorization(begun, of('alice', 'four'), 'three') is None


async def test_one_browser_cannot_fill_the_store(store: SqliteSessionStore, path: Path) -> None:
    for number in range(MOST_AUTHORIZATIONS + 5):
        await store.begin_authorization(authorization(f'state-{number}', expires_at=START + 600 + number))
    assert execute(path, 'SELECT count(*) FROM authorizations')[0][0] <= MOST_AUTHORIZATIONS + 1
    assert await store.claim_authorization('state-0', 'the-browser', START) is None
    assert await store.claim_authorization(f'state-{MOST_AUTHORIZATIONS + 4}', 'the-browser', START) is not None


async def test_abandoned_browsers_are_forgotten_but_not_those_whose_session_goes_on(store: SqliteSessionStore) -> None:
    later = START + ABANDONED_AFTER + 1
    session = of('alice', 'kept')
    await keep(store, session)
    await store.replace(session, session.renewed(grant(requested_at=later), 'iframe'))
    await store.change_browser('abandoned', lambda record: record, START)
    await keep(store, of('bob', 'new', requested_at=later))
    assert await store.browser('abandoned') is None
    assert await store.browser('kept') is not None
