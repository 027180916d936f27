"""Databases of earlier commits, named after them, and made by their code with `SECRET_KEY` and a session of Alice's."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from stat import S_IMODE

import pytest

from app.errors import SettingsError
from app.oidc.quirks import Quirks
from app.sessions.browser_record import BrowserRecord
from app.sessions.migrations import MIGRATIONS, VERSION
from app.sessions.session import Ending
from app.sessions.sqlite import SqliteSessionStore
from tests.clock import START
from tests.keeping import keep
from tests.sessions.conftest import SECRET_KEY, Open
from tests.sessions.examples import alice, execute, files
from tests.sessions.test_session import grant

DATABASES = sorted((Path(__file__).parent / 'databases').glob('*.sqlite3'))
SESSION_ID = 'a-session-of-an-earlier-version'


@pytest.fixture(params=DATABASES, ids=[database.stem for database in DATABASES])
def earlier(request: pytest.FixtureRequest, path: Path) -> Path:
    path.parent.mkdir()
    shutil.copy(request.param, path)
    return path


async def test_a_session_of_an_earlier_commit_goes_on(earlier: Path, open_store: Open) -> None:
    store = await open_store()
    session = await store.load(SESSION_ID)
    assert session is not None
    assert (session.issuer, session.subject, session.claims['name']) == ('https://op', 'alice', 'Alice Adams')
    assert session.tokens.refresh_token == 'the-refresh-token'
    assert await store.active_at(SESSION_ID) == START
    assert await store.replace(session, session.changed(renewals=1))
    await store.adopt(BrowserRecord('adopted', session_id=SESSION_ID), None, START)
    adopted = await store.load(SESSION_ID)
    assert adopted == session.changed(renewals=1, browser='adopted')


async def test_the_claims_of_an_earlier_session_are_told_apart_by_its_first_renewal(
    earlier: Path, open_store: Open
) -> None:
    session = await (await open_store()).load(SESSION_ID)
    assert session is not None
    without_id_token = session.renewed(replace(grant(), claims={}), 'refresh_token')
    assert without_id_token.informed({'sub': 'alice'}).claims['name'] == 'Alice Adams'
    renewed = session.renewed(grant(sid='1'), 'refresh_token')
    assert (renewed.claims['name'], renewed.claims['sid'], renewed.needs_userinfo) == ('Alice Adams', '1', True)
    assert 'name' not in renewed.informed({'sub': 'alice'}).claims


async def test_signing_in_and_ending_work_in_a_database_of_an_earlier_commit(earlier: Path, open_store: Open) -> None:
    store, session = await open_store(), alice()
    await keep(store, session)
    assert await store.load(session.id) == session
    assert await store.end(SESSION_ID, Ending('session_ended', START)) is not None


async def test_a_copy_is_kept_of_what_was_there_before(earlier: Path, open_store: Open) -> None:
    before = execute(earlier, 'SELECT * FROM sessions')
    await open_store()
    backup = earlier.with_name(f'{earlier.name}.before-v{VERSION}')
    assert execute(backup, 'SELECT * FROM sessions') == before
    assert S_IMODE(backup.stat().st_mode) == 0o600
    assert execute(earlier, 'PRAGMA user_version') == [(VERSION,)]
    assert [name for (name,) in execute(earlier, "SELECT name FROM sqlite_master WHERE name LIKE '%sign_in%'")] == []


def spoil(db: sqlite3.Connection) -> None:
    db.execute('DELETE FROM sessions')
    db.execute('nonsense')


async def test_a_migration_that_fails_changes_nothing(
    earlier: Path, open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = execute(earlier, 'SELECT * FROM sessions')
    with monkeypatch.context() as failing:
        failing.setattr('app.sessions.migrations.MIGRATIONS', (*MIGRATIONS[:-1], spoil))
        with pytest.raises(SettingsError, match=r'sessions\.sqlite3'):
            await open_store()
    assert execute(earlier, 'SELECT * FROM sessions') == before
    assert await (await open_store()).load(SESSION_ID) is not None


async def test_a_new_database_and_a_present_one_need_no_copy(open_store: Open, path: Path) -> None:
    await open_store()
    await open_store()
    assert not [file for file in files(path) if 'before' in file.name]


def content(path: Path) -> bytes:
    return path.read_bytes()


async def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(path: Path, open_store: Open) -> None:
    await (await open_store()).close()
    execute(path, f'PRAGMA user_version = {VERSION + 1}')
    before = content(path)
    with pytest.raises(SettingsError) as refused:
        await SqliteSessionStore(path, lambda: SECRET_KEY).open()
    assert str(path) in str(refused.value)
    assert 'newer version' in str(refused.value)
    assert '\n' not in str(refused.value)
    assert content(path) == before


async def test_a_database_of_version_one_remembers_providers_too(open_store: Open, path: Path) -> None:
    path.parent.mkdir()
    shutil.copy(DATABASES[0].with_stem('4891e94'), path)
    execute(path, 'DROP TABLE providers')
    execute(path, 'PRAGMA user_version = 1')
    store = await open_store()
    assert await store.load(SESSION_ID) is not None
    assert await store.quirks('provider') is None
    await store.keep_quirks('provider', Quirks(wants_hint=True))
    await store.keep_quirks('provider', Quirks(refuses_fragment=True))
    assert await (await open_store()).quirks('provider') == Quirks(refuses_fragment=True)
