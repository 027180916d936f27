"""All sessions of one person: found, and ended at once."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import StoreFailed
from app.sessions.session import Ending, Session
from app.sessions.sqlite import BY_OWNER, SqliteSessionStore
from tests.clock import START
from tests.keeping import keep
from tests.sessions.conftest import Open
from tests.sessions.examples import LOGOUT, alice, authorization, execute, key
from tests.sessions.test_migrations import DATABASES, SESSION_ID
from tests.sessions.test_session import grant

BY_ADMIN = Ending('signed_out_by_admin', START + 5)


def of(issuer: str, subject: str) -> Session:
    return replace(alice(), issuer=issuer, subject=subject)


async def kept(store: SqliteSessionStore, *sessions: Session) -> None:
    for session in sessions:
        await keep(store, session)


async def found(store: SqliteSessionStore, session: Session) -> set[str]:
    return {each.id for each in await store.sessions_of(session.issuer, session.subject)}


async def test_all_sessions_of_a_person_are_found_the_latest_first(store: SqliteSessionStore) -> None:
    first, second = alice(), alice(START + 10)
    await kept(store, first, second, of('https://op', 'bob'), of('https://another', first.subject))
    assert await store.sessions_of(first.issuer, first.subject) == [second, first]
    await store.replace(first, renewed := first.renewed(grant(number=1, requested_at=START + 20), 'iframe'))
    assert await store.sessions_of(first.issuer, first.subject) == [renewed, second]


@pytest.mark.parametrize(
    ('one', 'another'),
    [(('https://op', 'alice'), ('https://op/', 'alice')), (('https://op\nal', 'ice'), ('https://op', 'al\nice'))],
)
async def test_people_are_told_apart_by_issuer_and_subject(
    store: SqliteSessionStore, one: tuple[str, str], another: tuple[str, str]
) -> None:
    session, other = of(*one), of(*another)
    await kept(store, session, other)
    assert await found(store, session) == {session.id}
    assert await store.end_all(*one, BY_ADMIN) == [session]
    assert await store.load(other.id) == other


async def test_a_session_that_is_over_is_no_longer_found(store: SqliteSessionStore, path: Path) -> None:
    session = alice()
    await keep(store, session)
    ((owner,),) = execute(path, 'SELECT owner FROM sessions')
    await store.end(session.id, LOGOUT)
    assert await found(store, session) == set()
    execute(path, 'UPDATE sessions SET owner = ?', owner)
    assert await found(store, session) == set()


async def test_all_of_them_end_and_what_they_were_is_told_once(open_store: Open) -> None:
    stores, sessions = [await open_store(), await open_store()], [alice(), alice(), alice()]
    await kept(stores[0], *sessions)
    person = sessions[0].issuer, sessions[0].subject
    outcomes = await asyncio.gather(*(store.end_all(*person, BY_ADMIN) for store in stores * 3))
    assert sorted(session.id for outcome in outcomes for session in outcome) == sorted(each.id for each in sessions)
    assert [outcome[0].tokens.refresh_token for outcome in outcomes if outcome] == ['the-refresh-token']
    for session in sessions:
        over = await stores[0].load(session.id)
        assert over is not None
        assert (over.ended, over.tokens.access_token, over.claims) == (BY_ADMIN, '', {})


async def test_one_of_them_can_be_left_out(store: SqliteSessionStore) -> None:
    this, other = alice(), alice()
    await kept(store, this, other)
    assert await store.end_all(this.issuer, this.subject, BY_ADMIN, but=this.id) == [other]
    assert await store.load(this.id) == this


async def test_a_late_renewal_does_not_bring_one_back(store: SqliteSessionStore) -> None:
    session = alice()
    await keep(store, session)
    await store.end_all(session.issuer, session.subject, BY_ADMIN)
    assert not await store.replace(session, session.renewed(grant(number=1), 'iframe'))
    assert await found(store, session) == set()


async def test_a_failure_in_the_middle_ends_none(store: SqliteSessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions, mark = [alice(), alice()], SqliteSessionStore._mark
    await kept(store, *sessions)

    def fail_at_second(self: SqliteSessionStore, db: object, session: Session, ending: Ending) -> None:
        if session.id == sessions[0].id:  # the latest comes first
            raise StoreFailed
        mark(self, db, session, ending)  # type: ignore[arg-type]

    monkeypatch.setattr(SqliteSessionStore, '_mark', fail_at_second)
    with pytest.raises(StoreFailed):
        await store.end_all(sessions[0].issuer, sessions[0].subject, BY_ADMIN)
    assert await found(store, sessions[0]) == {session.id for session in sessions}


async def test_a_sign_in_that_is_in_progress_goes_on(store: SqliteSessionStore) -> None:
    session = alice()
    await keep(store, session)
    await store.begin_authorization(authorization(browser='elsewhere'))
    await store.end_all(session.issuer, session.subject, BY_ADMIN)
    assert await store.claim_authorization('the-state', 'elsewhere', START) is not None


async def test_the_file_does_not_tell_whose_sessions_they_are(store: SqliteSessionStore, path: Path) -> None:
    session = alice()
    await keep(store, session)
    ((owner,),) = execute(path, 'SELECT owner FROM sessions')
    assert owner not in {session.owner, key(session.subject)}  # which anybody could compute who has an address
    await store.end(session.id, LOGOUT)
    assert execute(path, 'SELECT owner FROM sessions') == [('',)]


async def test_a_row_that_was_given_to_another_person_is_not_theirs(store: SqliteSessionStore, path: Path) -> None:
    mine, victim = of('https://op', 'mallory'), alice()
    await kept(store, mine, victim)
    execute(path, 'UPDATE sessions SET owner = (SELECT owner FROM sessions WHERE key = ?)', key(mine.id))
    assert await found(store, mine) == {mine.id}
    assert await store.end_all(mine.issuer, mine.subject, BY_ADMIN) == [mine]
    assert await store.load(victim.id) == victim


async def test_finding_them_reads_no_other_rows(store: SqliteSessionStore, path: Path) -> None:
    (first, *_) = execute(path, f'EXPLAIN QUERY PLAN {BY_OWNER}', 'someone')
    assert 'sessions_by_owner' in first[3]


@pytest.mark.parametrize('database', DATABASES, ids=[database.stem for database in DATABASES])
async def test_a_session_of_an_earlier_commit_is_found(database: Path, path: Path, open_store: Open) -> None:
    path.parent.mkdir()
    shutil.copy(database, path)
    store = await open_store()
    assert [session.id for session in await store.sessions_of('https://op', 'alice')] == [SESSION_ID]


async def test_what_cannot_be_read_is_passed_over_once_and_found_again_when_it_is_renewed(
    path: Path, open_store: Open, caplog: pytest.LogCaptureFixture
) -> None:
    """The key was another one for a while, and just then the file was brought to the present version."""
    session = alice()
    await keep(await open_store(), session)
    execute(path, 'UPDATE sessions SET owner = NULL')
    await open_store('another' * 6)
    assert len(caplog.records) == 1
    store = await open_store()
    assert len(caplog.records) == 1
    assert await found(store, session) == set()
    await store.replace(session, session.renewed(grant(number=1), 'iframe'))
    assert await found(store, session) == {session.id}
