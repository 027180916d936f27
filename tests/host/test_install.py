"""Where sign-in stands in somebody's app: whatever else is there, and wherever NiceGUI is mounted."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from starlette.routing import Route

from app.errors import SettingsError
from app.settings.guest import load_for_host
from app.web.asgi.address import seen_base_url
from app.web.asgi.own_routes import check_paths, left_out
from tests.browser.server import ROOT

GUARDED = """
    @auth.page('/')
    def home():
        ui.label(auth.user.name)
"""


def asked(tmp_path: Path, before: str, questions: str) -> list[str]:
    """What an app answers in a process of its own, in which `before` makes `served`; a line for each question."""
    code = dedent("""
        import asyncio, httpx
        from app import Auth
        import app.auth as front_door
        from fastapi import FastAPI
        from nicegui import app, ui
        from app.errors import SettingsError
        from app.oidc.http import http_client

        front_door.provider_http = lambda _: http_client(httpx.ASGITransport(lambda *call: served(*call)))
        """)
    code += dedent(before)
    code += dedent("""
        async def ask():
            async with served.router.lifespan_context(served):
                transport = httpx.ASGITransport(served, client=('127.0.0.1', 50_000))
                async with httpx.AsyncClient(transport=transport, base_url='http://localhost:9000') as http:
                    get = http.get
                    for answer in [
        """)
    code += f'                {questions},\n'
    code += '            ]: print(">", answer.status_code, answer.headers.get("Location", answer.text)[:90])\n'
    code += 'asyncio.run(ask())\n'
    script = tmp_path / 'host.py'
    script.write_text(code, encoding='utf-8')
    ran = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env={'PYTHONPATH': str(ROOT), 'NICEGUI_USER_SIMULATION': 'true'},  # `ui.run` starts no server then
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert ran.returncode == 0, ran.stderr
    return [line.removeprefix('> ') for line in ran.stdout.splitlines() if line.startswith('> ')]


def test_a_script_without_pages_is_told_to_have_one(tmp_path: Path) -> None:
    """NiceGUI runs a script with elements outside of a page anew for each visitor, `Auth()` included."""
    script = f"served, auth = app, Auth()\nui.label('Outside of a page')\n{RUN_CONFIG}"
    with pytest.raises(
        AssertionError, match='SettingsError: Auth: is made anew for each visitor, since this script has'
    ):
        asked(tmp_path, script, "await get('/')")


RUN_CONFIG = 'ui.run(show_welcome_message=False)'

MOUNTED = f"""
served, auth = FastAPI(), Auth()


@served.get('/login')
def login():
    return "the host's own"


@served.get('/who')
def who():
    return auth.user


{dedent(GUARDED)}
auth.install(served)
ui.run_with(served, mount_path='/gui')
"""


def test_below_a_path_of_somebodys_fastapi_ours_are_there_and_theirs_stay(tmp_path: Path) -> None:
    paths = ('/login', '/who', '/gui/', '/gui/login', '/gui/silent', '/gui/demo/jwks', '/gui/health', '/silent')
    lines = asked(tmp_path, MOUNTED, ', '.join(f'await get({path!r})' for path in paths))
    answers = dict(zip(paths, lines, strict=True))
    assert answers['/login'] == '200 "the host\'s own"'
    assert answers['/who'] == '200 null'
    assert answers['/gui/'] == '303 http://localhost:9000/gui/login?return_to=%2F'
    assert answers['/gui/login'].startswith('303 http://localhost:9000/gui/demo/authorize?response_type=code')
    assert [answers[path].split()[0] for path in paths[4:]] == ['200', '200', '404', '404']


def test_without_install_it_stands_in_what_is_mounted(tmp_path: Path) -> None:
    without = MOUNTED.replace('auth.install(served)\n', '')
    (line,) = asked(tmp_path, without, "await get('/gui/login')")
    assert line.startswith('303 http://localhost:9000/gui/demo/authorize?response_type=code')


def test_without_install_it_is_opened_at_the_start_and_closed_at_the_end(tmp_path: Path) -> None:
    script = MOUNTED.replace('auth.install(served)\n', '')
    script += """
from pathlib import Path


def files():
    return sorted(path.suffix for path in Path('.stay_signed_in').iterdir())


async def start():
    async with served.router.lifespan_context(served):
        await asyncio.sleep(0)
        print('>', files())
        transport = httpx.ASGITransport(served, client=('127.0.0.1', 50_000))
        async with httpx.AsyncClient(transport=transport, base_url='http://localhost:9000') as http:
            print('>', (await http.get('/gui/login')).status_code, '.sqlite3-wal' in files())
    print('>', '.sqlite3-wal' in files(), next(iter(auth.context.providers))._http.is_closed)


asyncio.run(start())
raise SystemExit
"""
    assert asked(tmp_path, script, 'None') == ["['', '.lock']", '303 True', 'False True']


def test_without_install_what_stops_the_start_is_told_too(tmp_path: Path) -> None:
    script = MOUNTED.replace('auth.install(served)\n', '').replace("@auth.page('/')", "@auth.page('/login')")
    script += """
async def start():
    async with served.router.lifespan_context(served):
        await asyncio.sleep(1)


try:
    asyncio.run(start())
except SystemExit as end:
    print('>', end)
raise SystemExit
"""
    (line,) = asked(tmp_path, script, 'None')
    assert line == 'STAY_SIGNED_IN_PREFIX: must be another path, such as /auth, since the app has a route /login too'


def test_a_page_that_takes_everything_does_not_take_ours(tmp_path: Path) -> None:
    catch_all = f"""
served = app


@ui.page('/{{_:path}}')
def everything():
    ui.label('everything')


auth = Auth()
{dedent(GUARDED)}
app.config.add_run_config(**RUN)
"""
    catch_all = catch_all.replace('app.config.add_run_config(**RUN)', RUN_CONFIG)
    lines = asked(tmp_path, catch_all, "await get('/login'), await get('/silent'), await get('/other')")
    assert lines[0].startswith('303 http://localhost:9000/demo/authorize')
    assert [line.split()[0] for line in lines[1:]] == ['200', '200']


def test_a_path_that_the_host_has_too_stops_the_start_with_one_line(tmp_path: Path) -> None:
    before = f"""
served, auth = app, Auth()


@ui.page('/login')
def theirs():
    pass


{RUN_CONFIG}


async def start():
    async with app.router.lifespan_context(app):
        pass


try:
    asyncio.run(start())
except SettingsError as error:
    print('>', error)
raise SystemExit
"""
    (line,) = asked(tmp_path, before, 'None')
    assert line == 'STAY_SIGNED_IN_PREFIX: must be another path, such as /auth, since the app has a route /login too'


def test_where_the_address_is_not_known_ours_are_refused_and_the_hosts_are_not(tmp_path: Path) -> None:
    before = f"""
import logging, sys

logging.basicConfig(stream=sys.stdout, format='> %(message)s', level=logging.WARNING)
served, auth = app, Auth(prefix='/auth')


@app.get('/login')
def theirs():
    return "the host's own"


{RUN_CONFIG}
"""
    public = "headers={'Host': 'app.example.com'}"
    lines = asked(tmp_path, before, f"await get('/login', {public}), await get('/auth/login', {public})")
    assert [line for line in lines if line.startswith('200')] == ['200 "the host\'s own"']
    assert [line for line in lines if line.startswith('502')] == ['502 A setting makes no sense.']
    (told,) = [line for line in lines if 'BASE_URL' in line]
    assert 'STAY_SIGNED_IN_BASE_URL: must be set, since the app is reached at http://app.example.com' in told


@pytest.mark.parametrize(
    ('path', 'root', 'is_taken'),
    [
        ('/login', '', True),
        ('/callback', '', True),
        ('/logout', '', True),
        ('/login', '/gui', False),
        ('/gui/login', '/gui', True),
        ('/logins', '', False),
        ('/{_:path}', '', False),
        ('/demo', '', True),
        ('/demo/{page}', '', True),
        ('/demonstration', '', False),
        ('/health', '', False),
        ('/window', '', False),
    ],
)
def test_only_the_very_path_is_taken(path: str, root: str, is_taken: bool) -> None:
    settings, route = load_for_host(), Route(path, lambda _: None, methods=['POST'])
    ours = left_out(settings, is_guest=True, with_health=False)
    with pytest.raises(SettingsError, match=path) if is_taken else nullcontext():
        check_paths([route], root, settings, ours)


@pytest.mark.parametrize(
    ('path', 'given', 'with_health'),
    [
        ('/health', {}, True),
        ('/window', {'native': True}, False),
        ('/demo', {'oidc_issuer': 'https://login.example.com', 'oidc_client_id': 'app'}, None),
    ],
)
def test_what_is_asked_for_is_taken_too(path: str, given: dict[str, Any], with_health: bool | None) -> None:
    settings = load_for_host(**given)
    ours = left_out(settings, is_guest=True, with_health=bool(with_health))
    with pytest.raises(SettingsError, match=path) if with_health is not None else nullcontext():
        check_paths([Route(path, lambda _: None)], '', settings, ours)


FROM_HERE = ('127.0.0.1', 50_000)


@pytest.mark.parametrize(
    ('host', 'peer', 'root_path', 'root', 'seen'),
    [
        ('localhost:9000', FROM_HERE, '', '', 'http://localhost:9000'),
        ('127.0.0.1:9000', FROM_HERE, '', '', 'http://127.0.0.1:9000'),
        ('[::1]:9000', ('::1', 50_000), '', '', 'http://[::1]:9000'),
        ('localhost', FROM_HERE, '', '/gui', 'http://localhost/gui'),
        ('localhost', FROM_HERE, '/a', '/gui', 'http://localhost/a/gui'),
        ('app.example.com', FROM_HERE, '', '', None),
        ('localhost:9000', ('192.168.1.5', 50_000), '', '', None),
        ('localhost:9000', None, '', '', None),
        ('a{b.evil.example:9000', FROM_HERE, '', '', None),
        ('evil@localhost:9000', FROM_HERE, '', '', None),
    ],
)
def test_the_address_is_learnt_only_from_this_machine(
    host: str, peer: tuple[str, int] | None, root_path: str, root: str, seen: str | None
) -> None:
    headers = [(b'host', host.encode())]
    scope = {'type': 'http', 'scheme': 'http', 'path': '/x', 'headers': headers, 'client': peer, 'root_path': root_path}
    scope['server'] = ('127.0.0.1', 9000)  # which Starlette takes for a name that makes no sense
    if seen is not None:
        assert seen_base_url(scope, root) == seen
    else:
        with pytest.raises(SettingsError, match=f'BASE_URL: must be set.*at http://{re.escape(host)}$'):
            seen_base_url(scope, root)
