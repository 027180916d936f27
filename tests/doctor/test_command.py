"""`python main.py doctor`, as people and scripts start it."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.demo.messages import Client
from app.demo.provider import DemoProvider
from app.doctor.checks import CHECKS
from app.settings import Settings
from tests.browser.server import ROOT, free_port, served
from tests.provider import CLIENT_ID, RecordingProvider

README = (ROOT / 'README.md').read_text(encoding='utf-8')
SECRET = 'the-secret-of-the-client'


def environment(folder: Path, **settings: str) -> dict[str, str]:
    names = {name.upper() for name in Settings.model_fields} | {'NO_COLOR', 'FORCE_COLOR'}
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    return {**inherited, 'TERM': 'xterm-256color', 'DATA_DIR': str(folder / 'data'), **settings}


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """What it prints into a pipe; in an empty folder, so that no `.env` is read."""
    command = [sys.executable, str(ROOT / 'main.py'), *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        encoding='utf-8',
        timeout=60,
        check=False,
    )


def run_in_terminal(folder: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    """The exit status, and all that a terminal was sent."""
    master, slave = pty.openpty()
    command = [sys.executable, str(ROOT / 'main.py'), *arguments]
    process = subprocess.Popen(
        command, cwd=folder, env=environment(folder, COLUMNS='80', **settings), stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    sent = b''
    while True:
        try:
            sent += (chunk := os.read(master, 65536))
        except OSError:  # the terminal's other end is closed
            break
        if not chunk:
            break
    os.close(master)
    return process.wait(timeout=60), sent.decode()


@pytest.fixture
async def provider() -> AsyncIterator[RecordingProvider]:
    """A provider that the doctor reaches over the network, with a client that has a secret."""
    port = free_port()
    provider = RecordingProvider(issuer=f'http://localhost:{port}', client_secret=SECRET)
    async with served(provider, port):
        yield provider
    provider.demo.close()


def test_the_demo_provider_is_found_well_and_nothing_is_left_behind(tmp_path: Path) -> None:
    result = run(tmp_path, 'doctor')
    assert result.returncode == 0
    assert result.stderr == ''
    assert 'Nothing is wrong' in result.stdout.splitlines()[-1]
    assert not list(tmp_path.iterdir())


def test_a_pipe_gets_plain_text_with_each_finding_on_a_line_of_its_own(tmp_path: Path) -> None:
    lines = run(tmp_path, 'doctor', COLUMNS='40').stdout.splitlines()
    assert not [line for line in lines if '\x1b' in line or '\r' in line]
    for check in CHECKS:
        assert [line for line in lines if re.match(rf'  (ok|note) +{check.title}: ', line)]


def test_a_script_gets_one_json_document(tmp_path: Path) -> None:
    result = run(tmp_path, 'doctor', '--json')
    document = json.loads(result.stdout)
    assert result.returncode == 0
    assert document['ok'] is True
    assert [finding['check'] for finding in document['findings']] == [check.name for check in CHECKS]
    assert {finding['outcome'] for finding in document['findings']} <= {'ok', 'note'}
    assert {finding['certainty'] for finding in document['findings']} <= {'seen', 'likely', 'not tried'}


def test_a_setting_that_makes_no_sense_is_the_first_finding(tmp_path: Path) -> None:
    result = run(tmp_path, 'doctor', '--json', PORT='many', RENEWAL_LEAD='-1')
    first = json.loads(result.stdout)['findings'][0]
    assert result.returncode == 1
    assert result.stderr == ''
    assert first['outcome'] == 'problem'
    assert 'PORT: ' in first['what']
    assert 'RENEWAL_LEAD: ' in first['what']


def test_a_damaged_env_file_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / '.env').write_bytes(b'SECRET_KEY=\xff\xfe')
    result = run(tmp_path, 'doctor')
    assert result.returncode == 1
    assert 'problem  Settings: .env: must be a text in UTF-8.' in result.stdout


@pytest.mark.parametrize('arguments', [['--jsno'], ['doctor', '--jsno'], ['nurse'], ['--json']])
def test_what_it_does_not_understand_it_does_not_do(tmp_path: Path, arguments: list[str]) -> None:
    result = run(tmp_path, *arguments)
    assert result.returncode == 2
    assert result.stdout == ''
    assert 'usage: main.py' in result.stderr


async def test_a_terminal_gets_colours_and_sees_what_is_being_done(tmp_path: Path) -> None:
    status, sent = run_in_terminal(tmp_path, 'doctor')
    assert status == 0
    assert '\x1b[32m✓ ok' in sent
    for check in CHECKS:
        assert f'{check.title} ...' in sent
        assert f'\x1b[1m{check.title}\x1b[0m: ' in sent


async def test_a_terminal_is_not_commanded_by_the_provider(provider: RecordingProvider, tmp_path: Path) -> None:
    words = '\x1b]0;owned\x07[red]\x1b[2J'
    provider.answer('/token', {'error': 'invalid_client', 'error_description': words}, 401)
    settings = {'OIDC_ISSUER': provider.issuer, 'OIDC_CLIENT_ID': CLIENT_ID, 'OIDC_CLIENT_SECRET': SECRET}
    status, sent = await asyncio.to_thread(run_in_terminal, tmp_path, 'doctor', **settings)
    assert status == 1
    assert '\x1b]0;' not in sent
    assert '\x1b[2J' not in sent
    assert '[red]' in sent


async def test_eight_things_that_are_wrong_are_all_named(provider: RecordingProvider, tmp_path: Path) -> None:
    """Over a real network, as a person would have it."""
    url = f'{provider.issuer}/.well-known/openid-configuration'
    discovery = await asyncio.to_thread(lambda: httpx.get(url).json())
    discovery |= {'code_challenge_methods_supported': ['plain'], 'id_token_signing_alg_values_supported': ['HS256']}
    del discovery['end_session_endpoint']
    provider.answer('/.well-known/openid-configuration', discovery)
    provider.answer('/jwks', {'keys': []})
    result = await asyncio.to_thread(
        run,
        tmp_path,
        'doctor',
        OIDC_ISSUER=f'{provider.issuer}/',
        OIDC_CLIENT_ID=CLIENT_ID,
        OIDC_CLIENT_SECRET='not-the-secret',
        BASE_URL='http://127.0.0.1:8080',
        SECRET_KEY='short',
    )
    assert result.returncode == 1
    for line in (
        'problem  Settings: SECRET_KEY: must have at least 32 characters',
        'problem  Issuer: ',
        'problem  ID token algorithms: ',
        'problem  Public keys: ',
        'problem  Client ID and secret: ',
        'problem  Redirect URI for signing in: http://127.0.0.1:8080/callback is not registered',
        'problem  Redirect URI for renewing: http://127.0.0.1:8080/silent is not registered',
        'warning  PKCE: ',
        'warning  End session: ',
        'problem  Cookies in the silent frame: Cross-site',
    ):
        assert line in result.stdout
    assert 'not-the-secret' not in result.stdout
    assert 'Something is wrong: 8 problems, 2 warnings' in result.stdout


async def test_a_finding_that_is_not_certain_says_so(provider: RecordingProvider, tmp_path: Path) -> None:
    url = f'{provider.issuer}/.well-known/openid-configuration'
    discovery = await asyncio.to_thread(lambda: httpx.get(url).json())
    provider.answer('/.well-known/openid-configuration', discovery | {'code_challenge_methods_supported': ['plain']})
    settings = {'OIDC_ISSUER': provider.issuer, 'OIDC_CLIENT_ID': CLIENT_ID, 'OIDC_CLIENT_SECRET': SECRET}
    result = await asyncio.to_thread(run, tmp_path, 'doctor', **settings)
    assert [line for line in result.stdout.splitlines() if ' PKCE: ' in line and line.endswith(' (likely)')]
    assert not [line for line in result.stdout.splitlines() if line.strip().startswith('ok ') and line.endswith(')')]


async def test_the_readme_shows_what_it_really_says(tmp_path: Path) -> None:
    """A slash too many, a wrong secret, and a redirect URI that was forgotten."""
    shown = re.findall(r'```\n\$ python main.py doctor\n(.*?)```', README, re.DOTALL)
    port = free_port()
    issuer = f'http://localhost:{port}'
    client = Client(CLIENT_ID, ('http://localhost:8080/callback',), ('http://localhost:8080/',), SECRET)
    demo = DemoProvider(issuer, [client], b'secret', lambda: 120)
    async with served(demo.app, port):
        settings = {'OIDC_ISSUER': f'{issuer}/', 'OIDC_CLIENT_ID': CLIENT_ID, 'OIDC_CLIENT_SECRET': 'not-the-secret'}
        result = await asyncio.to_thread(run, tmp_path, 'doctor', **settings)
    demo.close()
    said = result.stdout.replace(f':{port}', ':9000').splitlines()
    lines = [line for line in shown[0].splitlines() if line != '...']
    assert len(lines) > 8
    assert not [line for line in lines if line not in said]


def test_the_doctor_needs_no_nicegui(tmp_path: Path) -> None:
    script = (
        'import sys; sys.argv[1:] = ["doctor"]; sys.path.insert(0, {root!r})\n'
        'try:\n    import runpy; runpy.run_path({main!r}, run_name="__main__")\n'
        'except SystemExit:\n    print("nicegui" in sys.modules)\n'
    ).format(root=str(ROOT), main=str(ROOT / 'main.py'))
    command, variables = [sys.executable, '-c', script], environment(tmp_path)
    result = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert result.stdout.splitlines()[-1] == 'False', result.stderr
