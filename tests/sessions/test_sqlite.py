from __future__ import annotations

import asyncio
import logging
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest

from app.errors import AnotherBrowser, StoreFailed
from app.oidc.authorization import AuthorizationRequest
from app.sessions.pending_authorization import AUTHORIZATION_LIFETIME, PendingAuthorization
from app.sessions.session import ABANDONED_AFTER, Ending, Session
from app.sessions.sqlite import SqliteSessionStore
from tests.clock import START
from tests.keeping import keep
from tests.sessions.conftest import SECRET_KEY, Open
from tests.sessions.test_session import grant

LOGOUT = Ending('session_ended', START)
ROOT = Path(__file__).parent.parent.parent


def alice(requested_at: float = START) -> Session:
    claims: dict[str, Any] = {
        'name': 'Alice Adams',
        'email': 'alice@example.com',
        'roles': ['a', {'b': None}],
        'auth_time': 1.5,
    }
    return Session.begin(grant(requested_at=requested_at, **claims), {}, 'browser')


def authorization(
    state: str = 'the-state',
    browser: str = 'the-browser',
    return_to: str = '/profile',
    expires_at: float = START + AUTHORIZATION_LIFETIME,
) -> PendingAuthorization:
    request = AuthorizationRequest(
        f'https://idp/authorize?state={state}', state, 'the-nonce', 'the-verifier', 'http://app/callback', 'openid'
    )
    return PendingAuthorization(request, return_to, browser, expires_at)


def key(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def files(path: Path) -> list[Path]:
    """The database, and what SQLite keeps beside it."""
    return list(path.parent.glob(f'{path.name}*'))


def execute(path: Path, statement: str, *values: Any) -> list[Any]:
    """What somebody with access to the file could do."""
    with closing(sqlite3.connect(path)) as db, db:
        return db.execute(statement, values).fetchall()


async def test_a_session_comes_back_as_it_was(store: SqliteSessionStore) -> None:
    session = alice()
    await keep(store, session)
    assert await store.load(session.id) == session


@pytest.mark.parametrize('id', ['', 'made up', '\N{SNOWMAN}', "' OR 1=1 --"])
async def test_an_unknown_id_has_no_session(store: SqliteSessionStore, id: str) -> None:
    await keep(store, alice())
    assert await store.load(id) is None
    assert await store.end(id, LOGOUT) is None


async def test_a_renewed_session_takes_the_place_of_the_old_one(store: SqliteSessionStore) -> None:
    old = alice()
    new = old.renewed(grant(number=1, expires_in=None, refresh_token=None), 'iframe')
    await keep(store, old)
    assert await store.replace(old, new)
    assert await store.load(old.id) == new


async def test_of_two_renewals_of_the_same_session_one_wins(open_store: Open) -> None:
    old = alice()
    news = [old.renewed(grant(number=number), 'iframe') for number in (1, 2)]
    stores = [await open_store(), await open_store()]
    await keep(stores[0], old)
    outcomes = await asyncio.gather(*(store.replace(old, new) for store, new in zip(stores, news, strict=True)))
    assert sorted(outcomes) == [False, True]
    assert await stores[0].load(old.id) == news[outcomes.index(True)]


async def test_a_stale_session_replaces_nothing(store: SqliteSessionStore) -> None:
    first = alice()
    second = first.renewed(grant(number=1), 'iframe')
    await keep(store, first)
    await store.replace(first, second)
    assert not await store.replace(first, first.renewed(grant(number=2), 'iframe'))
    assert await store.load(first.id) == second


async def test_a_late_renewal_does_not_sign_the_user_back_in(store: SqliteSessionStore) -> None:
    session = alice()
    await keep(store, session)
    await store.end(session.id, LOGOUT)
    assert not await store.replace(session, session.renewed(grant(number=1), 'iframe'))
    over = await store.load(session.id)
    assert over is not None
    assert not await store.replace(over, over.changed(ended=None))
    assert (await store.load(session.id)) == over


async def test_ending_a_session_tells_which_it_was_once(store: SqliteSessionStore) -> None:
    session, other = alice(), alice()
    await keep(store, session)
    await keep(store, other)
    assert await store.end(session.id, LOGOUT) == session
    assert await store.end(session.id, LOGOUT) is None
    assert await store.load(other.id) == other


async def test_an_ended_session_says_why_and_has_nothing_left_to_use(store: SqliteSessionStore) -> None:
    session, ending = alice(), Ending('session_idle', START)
    await keep(store, session)
    assert await store.end(session.id, ending) == session
    over = await store.load(session.id)
    assert over is not None
    assert (over.ended, over.subject, over.claims) == (ending, session.subject, {})
    assert (over.tokens.access_token, over.tokens.id_token, over.tokens.refresh_token) == ('', '', None)


async def test_an_ended_session_is_not_brought_back_nor_ended_again(store: SqliteSessionStore) -> None:
    session = alice()
    await keep(store, session)
    await store.end(session.id, Ending('session_ended', START))
    assert not await store.replace(session, session.changed(renewals=1))
    assert await store.end(session.id, Ending('session_idle', START)) is None
    over = await store.load(session.id)
    assert over is not None
    assert over.ended == Ending('session_ended', START)


async def test_a_session_that_is_ended_twice_at_once_is_told_to_one(open_store: Open) -> None:
    session, stores = alice(), [await open_store(), await open_store()]
    await keep(stores[0], session)
    outcomes = await asyncio.gather(*(store.end(session.id, LOGOUT) for store in stores * 3))
    assert [outcome for outcome in outcomes if outcome] == [session]


async def test_abandoned_sessions_are_forgotten_when_the_next_one_begins(store: SqliteSessionStore, path: Path) -> None:
    abandoned, renewed, now = alice(), alice(), START + ABANDONED_AFTER + 1
    for session in (abandoned, renewed):
        await keep(store, session)
    await store.replace(renewed, renewed.renewed(grant(number=1, requested_at=START + 10), 'iframe'))
    await keep(store, alice(now))
    assert await store.load(abandoned.id) is None
    assert await store.load(renewed.id) is not None
    assert execute(path, 'SELECT count(*) FROM sessions') == [(2,)]


async def test_a_sign_in_comes_back_as_it_was_once(store: SqliteSessionStore) -> None:
    await store.begin_authorization(authorization())
    assert await store.claim_authorization('the-state', 'the-browser', START) == authorization()
    assert await store.claim_authorization('the-state', 'the-browser', START) is None


async def test_an_unknown_state_finishes_nothing(store: SqliteSessionStore) -> None:
    await store.begin_authorization(authorization())
    assert await store.claim_authorization('another-state', 'the-browser', START) is None
    assert await store.claim_authorization('the-state', 'the-browser', START) is not None


@pytest.mark.parametrize(('age', 'there'), [(599.9, True), (600, False), (601, False)])
async def test_a_sign_in_may_take_ten_minutes(store: SqliteSessionStore, age: float, there: bool) -> None:
    await store.begin_authorization(authorization())
    assert (await store.claim_authorization('the-state', 'the-browser', START + age) is not None) == there


async def test_expired_sign_ins_are_forgotten(store: SqliteSessionStore, path: Path) -> None:
    await store.begin_authorization(authorization())
    await store.begin_authorization(authorization('another-state', expires_at=START + 1200))
    assert execute(path, 'SELECT count(*) FROM authorizations') == [(1,)]


async def test_another_browser_cannot_finish_a_sign_in_nor_spoil_it(store: SqliteSessionStore) -> None:
    await store.begin_authorization(authorization())
    for browser in ('another-browser', ''):
        with pytest.raises(AnotherBrowser):
            await store.claim_authorization('the-state', browser, START)
    assert await store.claim_authorization('the-state', 'the-browser', START) == authorization()


async def test_a_browser_can_have_several_authorizations_at_once(store: SqliteSessionStore) -> None:
    begun = [authorization(f'state-{number}', return_to=f'/{number}') for number in range(5)]
    await asyncio.gather(*(store.begin_authorization(each) for each in begun))
    for each in reversed(begun):
        assert await store.claim_authorization(each.request.state, 'the-browser', START) == each


@pytest.mark.parametrize('processes', [1, 2])
async def test_a_sign_in_that_is_finished_many_times_at_once_has_one_winner(open_store: Open, processes: int) -> None:
    stores = [await open_store() for _ in range(processes)]
    await stores[0].begin_authorization(authorization())
    attempts = [store.claim_authorization('the-state', 'the-browser', START) for store in stores * 10]
    assert [outcome for outcome in await asyncio.gather(*attempts) if outcome] == [authorization()]


async def test_everything_is_there_after_closing_and_opening(path: Path, open_store: Open) -> None:
    session, store = alice(), SqliteSessionStore(path, lambda: SECRET_KEY)
    await store.open()
    await keep(store, session)
    await store.begin_authorization(authorization())
    await store.close()
    reopened = await open_store()
    assert await reopened.load(session.id) == session
    assert await reopened.claim_authorization('the-state', 'the-browser', START) == authorization()


async def test_the_file_is_in_wal_mode(store: SqliteSessionStore, path: Path) -> None:
    assert execute(path, 'PRAGMA journal_mode') == [('wal',)]


async def test_all_files_are_for_their_owner_only(store: SqliteSessionStore, path: Path) -> None:
    await keep(store, alice())
    modes = {file.name: S_IMODE(file.stat().st_mode) for file in files(path)}
    assert modes == {path.name + suffix: 0o600 for suffix in ('', '-wal', '-shm')}
    assert S_IMODE(path.parent.stat().st_mode) == 0o700


def make_readable_by_all(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    path.chmod(0o644)


async def test_a_file_that_others_could_read_is_closed_to_them(path: Path, open_store: Open) -> None:
    make_readable_by_all(path)
    await keep(await open_store(), alice())
    assert {S_IMODE(file.stat().st_mode) for file in files(path)} == {0o600}


async def test_nothing_can_be_read_in_the_files(store: SqliteSessionStore, path: Path) -> None:
    session = alice()
    await keep(store, session)
    await store.replace(session, session.renewed(grant(number=1), 'iframe'))
    await store.begin_authorization(authorization())
    written = [session.id, session.subject, 'the-access-token', 'the-id-token', 'the-refresh-token', 'Alice Adams']
    written += ['alice@example.com', 'the-state', 'the-nonce', 'the-verifier', 'the-browser', '/profile', SECRET_KEY]
    contents = {file.name: file.read_bytes() for file in files(path)}
    assert key(session.id).encode() in contents[f'{path.name}-wal']
    assert not [(name, text) for name, content in contents.items() for text in written if text.encode() in content]


async def test_what_another_secret_key_encrypted_counts_as_gone_and_is_logged_once(
    store: SqliteSessionStore, open_store: Open, caplog: pytest.LogCaptureFixture
) -> None:
    session = alice()
    await keep(store, session)
    assert await (await open_store('another' * 6)).load(session.id) is None
    ((name, level, message),) = caplog.record_tuples
    assert (name, level) == ('app.sessions.records', logging.WARNING)
    assert 'SECRET_KEY' in message
    assert session.id not in message
    assert await store.load(session.id) == session


async def test_a_sign_in_under_another_secret_key_counts_as_gone(store: SqliteSessionStore, open_store: Open) -> None:
    await store.begin_authorization(authorization())
    assert await (await open_store('another' * 6)).claim_authorization('the-state', 'the-browser', START) is None


@pytest.mark.parametrize('encrypted', [b'', b'{}', b'\xff', 'changed'], ids=['empty', 'plain', 'no text', 'changed'])
async def test_a_tampered_session_is_not_served(store: SqliteSessionStore, path: Path, encrypted: bytes | str) -> None:
    session = alice()
    await keep(store, session)
    if encrypted == 'changed':
        ((original,),) = execute(path, 'SELECT encrypted FROM sessions')
        encrypted = original[:60] + bytes([original[60] ^ 1]) + original[61:]
    execute(path, 'UPDATE sessions SET encrypted = ?', encrypted)
    assert await store.load(session.id) is None
    assert await store.end(session.id, LOGOUT) is None


async def test_a_session_that_was_copied_to_another_id_is_not_served(store: SqliteSessionStore, path: Path) -> None:
    victim, mine = alice(), alice()
    await keep(store, victim)
    await keep(store, mine)
    copy = 'UPDATE sessions SET encrypted = (SELECT encrypted FROM sessions WHERE key = ?) WHERE key = ?'
    execute(path, copy, key(victim.id), key(mine.id))
    assert await store.load(mine.id) is None
    assert await store.end(mine.id, LOGOUT) is None
    assert await store.load(victim.id) == victim


async def test_a_sign_in_that_was_copied_to_another_state_is_not_served(store: SqliteSessionStore, path: Path) -> None:
    await store.begin_authorization(authorization('state-1'))
    await store.begin_authorization(authorization('state-2'))
    copy = 'UPDATE authorizations SET encrypted = (SELECT encrypted FROM authorizations WHERE key = ?) WHERE key = ?'
    execute(path, copy, key('state-1'), key('state-2'))
    assert await store.claim_authorization('state-2', 'the-browser', START) is None


async def test_a_sign_in_whose_browser_was_exchanged_is_not_served(store: SqliteSessionStore, path: Path) -> None:
    await store.begin_authorization(authorization(browser='the-victim'))
    execute(path, 'UPDATE authorizations SET browser = ?', key('me'))
    with pytest.raises(AnotherBrowser):
        await store.claim_authorization('the-state', 'me', START)


async def test_a_session_does_not_pass_for_an_authorization(store: SqliteSessionStore, path: Path) -> None:
    session = alice()
    await keep(store, session)
    execute(path, 'INSERT INTO authorizations SELECT key, ?, ?, 0, encrypted FROM sessions', key('me'), START + 600)
    assert await store.claim_authorization(session.id, 'me', START) is None


async def test_a_sign_in_does_not_pass_for_a_session(store: SqliteSessionStore, path: Path) -> None:
    await store.begin_authorization(authorization())
    execute(path, 'INSERT INTO sessions SELECT key, 0, ?, 0, encrypted FROM authorizations', START)
    assert await store.load('the-state') is None


async def write_until_killed(path: str) -> None:
    """Prints each session, and each revision of it, once the store says that it is kept."""
    store = SqliteSessionStore(Path(path), lambda: SECRET_KEY)
    await store.open()
    while True:
        session = alice()
        await keep(store, session)
        print(session.id, session.revision, flush=True)
        renewed = session.renewed(grant(number=1), 'iframe')
        await store.replace(session, renewed)
        print(session.id, renewed.revision, flush=True)


def promises_of_a_killed_writer(path: Path) -> dict[str, int]:
    """The newest revision that it printed of each session before SIGKILL."""
    script = (
        'import asyncio, sys; from tests.sessions.test_sqlite import write_until_killed\n'
        'asyncio.run(write_until_killed(sys.argv[1]))'
    )
    command = [sys.executable, '-c', script, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        lines = [writer.stdout.readline() for _ in range(51)]
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.readlines()
    assert writer.returncode == -signal.SIGKILL
    return {line.split()[0]: int(line.split()[1]) for line in lines if line.endswith('\n')}


async def test_a_killed_process_loses_nothing_that_it_promised(path: Path, open_store: Open) -> None:
    promised = promises_of_a_killed_writer(path)
    store = await open_store()
    kept = {id: await store.load(id) for id in promised}
    assert len(promised) >= 26
    assert not [id for id, session in kept.items() if session is None or session.revision < promised[id]]
    assert execute(path, 'PRAGMA integrity_check') == [('ok',)]


async def test_an_id_that_is_taken_is_not_taken_over(store: SqliteSessionStore) -> None:
    session = alice()
    await keep(store, session)
    with pytest.raises(StoreFailed):
        await keep(store, replace(session, subject='mallory'))
    assert await store.load(session.id) == session
