"""The front door: what making the parts does not do, and what a start that fails says."""

from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

import app as package
from app import Auth, Settings
from app.data_dir import LOCK_FILE
from app.errors import AuthError, SettingsError, StoreFailed
from app.oidc.quirks import Quirks
from app.secret_key import KEY_FILE
from app.sessions.learnt import learn
from app.sessions.store import SessionStore
from tests.auth.conftest import KEY, a_file, files, no_text, serving, settings
from tests.browser.server import ROOT, free_port
from tests.clock import FakeClock
from tests.renewal.conftest import FakeTab
from tests.renewal.test_history import SESSION

# Parts


@pytest.mark.parametrize('key', [None, KEY])
def test_making_the_parts_opens_nothing(tmp_path: Path, key: str | None) -> None:
    Auth(settings=settings(secret_key=key)).install(FastAPI())
    (tmp_path / 'data').touch()
    Auth(settings=settings(secret_key=key)).install(FastAPI())
    assert [path.name for path in tmp_path.iterdir()] == ['data']


async def test_what_is_asked_of_parts_that_were_never_opened_says_why() -> None:
    with pytest.raises(StoreFailed, match='is not open'):
        await Auth(settings=settings()).context.store.load('x')


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
        app.user_middleware.clear()  # as NiceGUI's tests do before each one
        Auth(settings=settings(data_dir=tmp_path / name)).install(app)
    async with app.router.lifespan_context(app):
        assert files(tmp_path) == {'later'}


def middlewares(app: FastAPI) -> list[str]:
    return [getattr(one.cls, '__name__', '') for one in app.user_middleware]


def test_a_second_one_in_an_app_says_that_there_is_one(tmp_path: Path) -> None:
    app, auth = FastAPI(), Auth(settings=settings())
    auth.install(app)
    auth.install(app)
    assert middlewares(app).count('SignIn') == 1
    with pytest.raises(SettingsError, match='Auth: there is one in this app already'):
        Auth(settings=settings(data_dir=tmp_path / 'another')).install(app)
    assert middlewares(app).count('SignIn') == 1


def test_the_public_names_are_what_they_are_called() -> None:
    assert (package.AuthError, package.Settings, package.SessionStore) == (AuthError, Settings, SessionStore)
    assert {getattr(package, name).__name__ for name in package.__all__} == set(package.__all__)
    with pytest.raises(AttributeError, match='Nothing'):
        _ = package.Nothing


@pytest.mark.parametrize(
    'code',
    [
        'import app, app.errors, app.settings, app.sessions.store; app.Settings; app.AuthError',
        'import app.__main__, app.doctor.command',
    ],
)
def test_neither_the_package_nor_the_doctor_loads_nicegui(code: str) -> None:
    code += '\nimport sys; print("nicegui" in sys.modules)'
    ran = subprocess.run([sys.executable, '-c', code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ran.stdout, ran.stderr) == ('False\n', '')


def test_the_server_believes_no_forwarded_header_by_itself() -> None:
    """Those of this machine would decide who is at it, before anybody could ask whether it is trusted."""
    options = Auth(settings=settings(secret_key=KEY, port=free_port())).server_options()
    assert options['proxy_headers'] is False


@pytest.mark.parametrize(('trusted', 'status'), [('', 403), ('10.0.0.0/8', 403), ('127.0.0.1', 200)])
async def test_the_demo_provider_answers_a_trusted_proxy_on_this_machine(trusted: str, status: int) -> None:
    async with serving(settings(trusted_proxies=trusted)) as app:
        transport = httpx.ASGITransport(app, client=('127.0.0.1', 50_000))
        async with httpx.AsyncClient(transport=transport, base_url='http://localhost:8080') as client:
            answer = await client.get('/silent', headers={'X-Forwarded-For': '127.0.0.1'})
            assert answer.status_code == status


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
    auth = Auth(settings=settings())
    auth.install(FastAPI())
    (provider,) = auth.context.providers
    live = auth.context.registry.open(replace(SESSION, issuer=provider.issuer), FakeTab())
    now = clock.now()
    live.state = replace(live.state, phase='retrying', failures=1, attempts=(now,), next_attempt=now + 1)
    clock.set(now - 3600)
    auth.context.clock_jumps.jumped.emit()
    assert live.wakes_at == now - 3600  # at once, since the token seems to come from the future


async def test_what_was_learnt_of_a_provider_is_known_when_the_app_starts_again() -> None:
    for known in (Quirks(), Quirks(wants_hint=True)):
        auth, app = Auth(settings=settings()), FastAPI()
        auth.install(app)
        async with app.router.lifespan_context(app):
            (provider,) = auth.context.providers
            assert provider.quirks == known
            await learn(provider, auth.context.store, Quirks(wants_hint=True))


@pytest.mark.parametrize(('renewal', 'used'), [('iframe', False), ('iframe,refresh_token', True)])
def test_consent_for_a_refresh_token_is_a_matter_only_where_one_is_used(renewal: str, used: bool) -> None:
    auth = Auth(settings=settings(renewal=renewal, oidc_scope='openid offline_access'))
    (provider,) = auth.context.providers
    assert provider.registration.uses_refresh_token is used
