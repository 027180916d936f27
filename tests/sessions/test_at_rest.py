from __future__ import annotations

import logging
import signal
import subprocess
import sys
from pathlib import Path
from stat import S_IMODE

import pytest

from app.errors import AnotherBrowser
from app.sessions.sqlite import SqliteSessionStore
from tests.clock import START
from tests.keeping import keep
from tests.sessions.conftest import SECRET_KEY, Open
from tests.sessions.examples import LOGOUT, ROOT, alice, authorization, execute, files, key
from tests.sessions.test_session import grant


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
    columns = 'key, revision, renewed_at, active_at, encrypted'
    execute(path, f'INSERT INTO sessions ({columns}) SELECT key, 0, ?, 0, encrypted FROM authorizations', START)
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
        'import asyncio, sys; from tests.sessions.test_at_rest import write_until_killed\n'
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
