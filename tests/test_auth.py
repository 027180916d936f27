"""The front door: what making the parts does not do, and what a start that fails says."""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from stat import S_IMODE
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import RSAKey
from nicegui.testing import user_simulation

import app as package
from app import Auth, Settings
from app.data_dir import LOCK_FILE
from app.demo.keys import KEY_FILE as DEMO_KEY
from app.demo.keys import SigningKey
from app.errors import AppError, SettingsError, StoreFailed
from app.secret_key import KEY_FILE
from app.sessions.store import SessionStore
from tests.browser.server import MAIN, ROOT, free_port
from tests.clock import FakeClock
from tests.renewal.conftest import FakeTab
from tests.renewal.test_history import SESSION

KEY = 'k' * 40


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr('app.auth.nicegui_app', Unheard())


class Unheard:
    """NiceGUI's app, which calls none of its handlers here: no test leaves any behind."""

    def on_startup(self, _: Callable[[], Any]) -> None: ...

    def on_shutdown(self, _: Callable[[], Any]) -> None: ...


def settings(**values: Any) -> Settings:
    return Settings.model_validate({'data_dir': Path('data'), **values})


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[FastAPI]:
    """The app from when the server starts until it ends."""
    app = FastAPI()
    Auth(settings).install(app)
    async with app.router.lifespan_context(app):
        yield app


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def refusal(settings: Settings) -> str:
    """The one line that the start ends with."""
    with pytest.raises(SettingsError) as caught:
        async with serving(settings):
            pass
    assert '\n' not in str(caught.value)
    return str(caught.value)


# Parts


@pytest.mark.parametrize('key', [None, KEY])
def test_making_the_parts_opens_nothing(tmp_path: Path, key: str | None) -> None:
    Auth(settings(secret_key=key)).install(FastAPI())
    (tmp_path / 'data').touch()
    Auth(settings(secret_key=key)).install(FastAPI())
    assert [path.name for path in tmp_path.iterdir()] == ['data']


async def test_what_is_asked_of_parts_that_were_never_opened_says_why() -> None:
    with pytest.raises(StoreFailed, match='is not open'):
        await Auth(settings()).context.store.load('x')


@pytest.mark.parametrize('key', [None, KEY])
async def test_the_files_are_made_when_the_server_starts_and_closed_when_it_ends(
    tmp_path: Path, key: str | None
) -> None:
    async with serving(settings(secret_key=key)):
        assert {'sessions.sqlite3', 'demo.sqlite3', LOCK_FILE} <= files(tmp_path / 'data')
        assert (KEY_FILE in files(tmp_path / 'data')) is (key is None)
    assert not {name for name in files(tmp_path / 'data') if name.endswith('-wal')}


async def test_an_auth_that_is_installed_anew_takes_the_place_of_the_former(tmp_path: Path) -> None:
    app = FastAPI()
    for name in ('former', 'later'):
        Auth(settings(data_dir=tmp_path / name)).install(app)
    async with app.router.lifespan_context(app):
        assert files(tmp_path) == {'later'}


def test_the_public_names_are_what_they_are_called() -> None:
    assert (package.AppError, package.Settings, package.SessionStore) == (AppError, Settings, SessionStore)
    assert {getattr(package, name).__name__ for name in package.__all__} == set(package.__all__)
    with pytest.raises(AttributeError, match='Nothing'):
        _ = package.Nothing


@pytest.mark.parametrize(
    'code',
    [
        'import app, app.errors, app.settings, app.sessions.store; app.Settings; app.AppError',
        'import app.__main__, app.doctor.command',
    ],
)
def test_neither_the_package_nor_the_doctor_loads_nicegui(code: str) -> None:
    code += '\nimport sys; print("nicegui" in sys.modules)'
    ran = subprocess.run([sys.executable, '-c', code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ran.stdout, ran.stderr) == ('False\n', '')


# A start that fails


def a_file(path: Path, text: str = '') -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def a_folder(path: Path) -> None:
    path.mkdir(parents=True)


def no_text(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b'\xff\xfe' * 100)


def a_newer_schema(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    with sqlite3.connect(path) as db:
        db.execute('PRAGMA user_version = 99')
    db.close()


@pytest.mark.parametrize('key', [None, KEY])
@pytest.mark.parametrize(
    ('name', 'spoil', 'advice'),
    [
        pytest.param('', a_file, 'the app needs a folder', id='a file in the place of DATA_DIR'),
        pytest.param(DEMO_KEY, a_file, 'remove the file', id='an empty demo key'),
        pytest.param(DEMO_KEY, no_text, 'remove the file', id='a damaged demo key'),
        pytest.param(DEMO_KEY, a_folder, 'the app needs a folder', id='a folder in the place of the demo key'),
        pytest.param('demo.sqlite3', no_text, 'remove the file', id='a damaged demo database'),
        pytest.param('demo.sqlite3', a_folder, 'the app needs a folder', id='a folder in the place of the database'),
        pytest.param('demo.sqlite3', a_newer_schema, 'of a newer version', id='a demo database of a newer version'),
        pytest.param('sessions.sqlite3', no_text, '', id='damaged sessions'),
        pytest.param('sessions.sqlite3', a_folder, '', id='a folder in the place of the sessions'),
        pytest.param(LOCK_FILE, a_folder, 'the app needs a folder', id='a folder in the place of the lock'),
    ],
)
async def test_a_file_that_cannot_be_used_stops_the_start_with_one_line_that_names_it(
    name: str, spoil: Callable[[Path], None], advice: str, key: str | None
) -> None:
    spoil(Path('data', name))
    line = await refusal(settings(secret_key=key))
    assert line.startswith('DATA_DIR: ')
    assert advice in line
    assert name == 'sessions.sqlite3' or str(Path('data', name)) in line


@pytest.mark.parametrize('spoil', [a_file, no_text, a_folder])
async def test_a_secret_key_that_cannot_be_used_stops_the_start(spoil: Callable[[Path], None]) -> None:
    spoil(Path('data', KEY_FILE))
    assert str(Path('data', KEY_FILE)) in await refusal(settings())


@pytest.mark.parametrize('name', [KEY_FILE, DEMO_KEY])
async def test_a_disk_that_is_full_stops_the_start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_file = os.open

    def full(path: Any, flags: int, *mode: int) -> int:
        if name in str(path) and flags & os.O_CREAT:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return open_file(path, flags, *mode)

    monkeypatch.setattr(os, 'open', full)
    line = await refusal(settings())
    assert name in line
    assert 'No space left on device' in line
    assert 'with room left' in line


async def test_a_database_that_finds_no_room_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError('database or disk is full')

    async with serving(settings()):
        pass
    monkeypatch.setattr('app.demo.records.sqlite3.connect', full)
    assert 'disk is full' in await refusal(settings())


async def test_the_demo_providers_files_are_for_their_owner_only_also_when_they_existed() -> None:
    a_folder(Path('data'))
    with sqlite3.connect('data/demo.sqlite3') as db:
        db.execute('PRAGMA journal_mode = WAL')
        db.execute('CREATE TABLE other (x)')
    before = [Path('data', f'demo.sqlite3{end}') for end in ('', '-wal', '-shm')]
    for path in before:
        path.chmod(0o644)
    async with serving(settings()):
        assert [S_IMODE(path.stat().st_mode) for path in before] == [0o600] * 3
    db.close()


async def test_the_demo_key_is_that_of_the_first_of_two_that_start_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    link, first = os.link, RSAKey.generate_key(2048).as_pem(private=True)

    def overtaken(draft: Path, target: Path) -> None:
        if target.name == DEMO_KEY:
            target.write_bytes(first)
        link(draft, target)

    monkeypatch.setattr(os, 'link', overtaken)
    async with serving(settings()):
        assert DEMO_KEY in files(Path('data'))
        assert SigningKey(Path('data')).key.as_pem(private=True) == first


def command(**environment: str) -> subprocess.CompletedProcess[str]:
    """`python main.py`, which ends by itself."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(('PYTEST', 'NICEGUI'))}
    port = str(free_port())
    return subprocess.run(
        [sys.executable, str(MAIN)],
        env={**inherited, 'PORT': port, **environment},
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_what_fails_when_the_server_starts_ends_the_process_with_one_line() -> None:
    Path('file').touch()
    ran = command(DATA_DIR='file', SECRET_KEY=KEY)
    assert (ran.returncode, ran.stdout) == (1, '')
    assert ran.stderr == (
        'DATA_DIR: file cannot be used (it is a file); the app needs a folder that it may write to, with room left\n'
    )


async def test_what_fails_when_the_server_starts_reaches_a_test_as_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    a_file(Path('file'))
    for name, value in (('DATA_DIR', 'file'), ('SECRET_KEY', KEY), ('PORT', str(free_port()))):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, 'argv', ['main.py'])
    with pytest.raises(SettingsError, match='DATA_DIR: file cannot be used'):
        async with user_simulation(main_file=MAIN):
            pass


def test_a_folder_in_the_place_of_the_settings_ends_the_process_with_one_line() -> None:
    Path('.env').mkdir()
    ran = command()
    assert (ran.returncode, ran.stdout) == (1, '')
    assert ran.stderr.startswith('.env: is a folder')
    assert ran.stderr.count('\n') == 1


# Two processes


HOLDER = """
import sys
from pathlib import Path
from app.data_dir import ServingLock
lock = ServingLock(Path(sys.argv[1]))
lock.take()
print('ready', flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(folder: Path) -> Iterator[None]:
    """A process that serves from the folder, and is killed in the end."""
    pipe = subprocess.PIPE
    command = [sys.executable, '-c', HOLDER, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == 'ready\n'
        yield
        holder.kill()


async def test_a_second_process_that_serves_from_one_folder_is_warned_but_not_the_next_after_a_kill(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip('fcntl')
    a_folder(tmp_path / 'data')
    with another_process(tmp_path / 'data'):
        async with serving(settings()):
            assert [record.levelname for record in caplog.records] == ['WARNING']
            assert f'another process serves from {Path("data")}' in caplog.text
    caplog.clear()
    async with serving(settings()):
        assert not caplog.records


async def test_where_there_are_no_locks_nobody_is_warned(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, 'fcntl', None)
    async with serving(settings()), serving(settings()):
        assert not caplog.records


# What is told


async def test_a_name_that_is_nearly_a_setting_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv('OIDC_ISUER', 'https://login.example.com')
    a_file(Path('.env'), 'SESION_IDLE=600\n')
    with caplog.at_level(logging.WARNING):
        async with serving(settings()):
            lines = [record.getMessage() for record in caplog.records]
    assert [line.split(':')[0] for line in lines] == ['OIDC_ISUER', 'SESION_IDLE']


async def test_a_file_that_is_no_text_is_left_to_whoever_reads_the_settings() -> None:
    made = settings()
    no_text(Path('.env'))
    async with serving(made):
        pass


async def test_with_the_demo_provider_another_machine_is_answered_only_if_it_is_set() -> None:
    for allow, status in ((False, 403), (True, 200)):
        async with serving(settings(demo_allow_remote=allow)) as app:
            transport = httpx.ASGITransport(app, client=('192.168.1.5', 50_000))
            async with httpx.AsyncClient(transport=transport, base_url='http://localhost:8080') as client:
                assert (await client.get('/silent')).status_code == status
                assert (await client.get('/demo/jwks')).status_code == status


async def test_a_clock_that_is_set_back_holds_no_retry_up(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('app.auth.Clock', lambda: clock)
    auth = Auth(settings())
    auth.install(FastAPI())
    live = auth.context.registry.open(SESSION, FakeTab())
    now = clock.now()
    live.state = replace(live.state, phase='retrying', failures=1, attempts=(now,), next_attempt=now + 1)
    clock.set(now - 3600)
    auth.context.clock_jumps.jumped.emit()
    assert live.wakes_at == now - 3600  # at once, since the token seems to come from the future
