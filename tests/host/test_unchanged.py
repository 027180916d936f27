"""The same app of somebody else, with and without `Auth()`, each in a process of its own: nothing of theirs differs."""

from __future__ import annotations

import os
import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import httpx
import pytest

from tests.browser.server import ROOT, AppServer

HOST = """
    import logging
    import os
    import sys

    sys.path.insert(0, ROOT)

    import nicegui
    import uvicorn
    from fastapi import FastAPI, Request
    from nicegui import app, ui
    from starlette.middleware.sessions import SessionMiddleware
    from starlette.responses import PlainTextResponse

    log = logging.getLogger('host')
    host = FastAPI() if IS_MOUNTED else app


    class Absent(Exception):
        pass


    @host.exception_handler(Absent)
    def absent(*_):
        return PlainTextResponse('absent', 410)


    @host.middleware('http')
    async def named(request, answer):
        response = await answer(request)
        response.headers['X-Host'] = 'here'
        return response


    if IS_MOUNTED:
        host.add_middleware(SessionMiddleware, secret_key='the secret of the host')
    if IS_WITH_AUTH:
        from app import Auth

        auth = Auth()
        if IS_MOUNTED:
            auth.install(host)


    @ui.page('/')
    def home():
        app.storage.user['visits'] = app.storage.user.get('visits', 0) + 1
        app.storage.general['visits'] = app.storage.general.get('visits', 0) + 1
        log.warning('a visit, %s', sorted(app.storage.browser))
        ui.label('Home')


    @ui.page('/fails')
    def fails():
        raise ValueError('in a page')


    @app.get('/endpoint')
    def endpoint(request: Request):
        request.session['seen'] = True
        return {'path': request.url.path}


    @host.get('/absent')
    def nothing():
        raise Absent


    @host.get('/crash')
    def crash():
        raise ValueError('in an endpoint')


    def name(of):
        return getattr(of, '__qualname__', type(of).__qualname__)


    @host.get('/inside')
    def inside():
        def middleware(one):
            return [f'{m.cls.__module__}.{m.cls.__qualname__}' for m in one.user_middleware]

        def handlers(one):
            return {str(kind): name(handler) for kind, handler in one.exception_handlers.items()}

        loggers = {key: logging.getLogger(key) for key in logging.root.manager.loggerDict}
        return {
            'middleware': [middleware(one) for one in (host, app)],
            'handlers': [handlers(one) for one in (host, app)],
            'routes': [[route.path for route in one.routes] for one in (host, app)],
            'users': list(app.storage._users.values()),
            'general': app.storage.general,
            'loggers': {key: [one.level, len(one.handlers), one.propagate] for key, one in loggers.items()},
            'root': [logging.root.level, len(logging.root.handlers)],
            'environment': sorted(os.environ),
        }


    app.add_static_files('/files', FOLDER)
    if IS_MOUNTED:
        ui.run_with(host, mount_path='/gui')
        uvicorn.run(host, host='127.0.0.1', port=PORT)
    else:
        ui.run(host='127.0.0.1', port=PORT, reload=False, show=False, storage_secret='the secret of the host')
    """

OURS = re.compile(r'stay_signed_in|\bapp\.(web|auth|ui|errors)\b|AuthError|TurnedAway')
VARIES = re.compile(
    r'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|localhost:\d+|127\.0\.0\.1:\d+|process \[\d+\]|(?<=:)\d{5}\b'
)
REQUESTS = [
    ('GET', '/'),
    ('GET', '/'),
    ('HEAD', '/'),
    ('GET', '/fails'),
    ('GET', '/endpoint'),
    ('POST', '/endpoint'),
    ('GET', '/files/file.txt'),
    ('GET', '/nothing'),
    ('GET', '/_nicegui/nothing'),
]
STATUS = [200, 200, 405, 500, 200, 405, 200, 404, 404, 410, 500, 404]
OUTSIDE = [('GET', '/absent'), ('GET', '/crash'), ('GET', '/nothing')]


def usual(text: str) -> str:
    """The text without what is another in each process."""
    return VARIES.sub('*', text)


def seen(answer: httpx.Response) -> dict[str, Any]:
    """All that a browser gets, but for what is made by chance."""
    headers = [(name, usual(value)) for name, value in answer.headers.multi_items()]
    cookies = [re.sub(r'=[^;]*', '=*', value, count=1) for name, value in headers if name == 'set-cookie']
    rest = sorted(pair for pair in headers if pair[0] not in {'set-cookie', 'date', 'content-length', 'etag'})
    return {'status': answer.status_code, 'headers': rest, 'cookies': cookies, 'body': usual(answer.text)}


def without_ours(inside: dict[str, Any]) -> dict[str, Any]:
    """What stands in the app beside ours."""
    return {
        **inside,
        'middleware': [[name for name in names if not OURS.search(name)] for names in inside['middleware']],
        'handlers': [
            {kind: name for kind, name in found.items() if not OURS.search(kind)} for found in inside['handlers']
        ],
        'loggers': {
            key: found
            for key, found in inside['loggers'].items()
            if found != [0, 0, True] and not key.startswith(('app.', 'stay_signed_in'))
        },
    }


def write_host(folder: Path, **facts: object) -> None:
    """The app, and a file that it has."""
    folder.mkdir()
    (folder / 'file.txt').write_text('a file', encoding='utf-8')
    os.utime(folder / 'file.txt', (0, 0))
    text = dedent(HOST)
    for name, value in {'ROOT': str(ROOT), 'FOLDER': str(folder), **facts}.items():
        text = re.sub(rf'\b{name}\b', repr(value), text)
    (folder / 'host.py').write_text(text, encoding='utf-8')


async def observed(folder: Path, *, is_mounted: bool, is_with_auth: bool) -> dict[str, Any]:
    """Everything that can be seen of the app from outside, and of its inside by itself."""
    server = AppServer(folder / 'data', script=folder / 'host.py')
    port = int(server.url.rpartition(':')[2])
    write_host(folder, IS_MOUNTED=is_mounted, IS_WITH_AUTH=is_with_auth, PORT=port)
    await server.start()
    try:
        root = '/gui' if is_mounted else ''
        asked = [(method, root + path) for method, path in REQUESTS] + OUTSIDE
        async with httpx.AsyncClient(base_url=server.url, headers={'Connection': 'close'}, trust_env=False) as http:
            answers = {
                f'{n} {method} {path}': seen(await http.request(method, path)) for n, (method, path) in enumerate(asked)
            }
            inside = (await http.get('/inside')).json()
            cookies = sorted(http.cookies)
    finally:
        await server.stop()
    return {'answers': answers, 'cookies': cookies, 'inside': without_ours(inside), 'log': logged(server.log())}


def logged(log: str) -> list[str]:
    """The lines, without those of a trace, in which our middleware stands among theirs."""
    lines = [usual(line) for line in log.splitlines()]
    return [line for line in lines if line.strip() and not line.startswith((' ', 'Traceback'))]


@pytest.fixture(params=[False, True], ids=['ui.run', 'ui.run_with'])
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is seen without `Auth()`, and with it."""
    without = await observed(tmp_path / 'without', is_mounted=request.param, is_with_auth=False)
    return without, await observed(tmp_path / 'with', is_mounted=request.param, is_with_auth=True)


async def test_nothing_of_the_host_differs(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    without, with_auth = both
    assert [answer['status'] for answer in without['answers'].values()] == STATUS
    for part in without:
        assert with_auth[part] == without[part], part
