"""A host's app as people start it: by `ui.run` as it is, by uvicorn with `--reload`, and with several workers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from textwrap import dedent
from urllib.parse import urlsplit

import httpx

from app.data_dir import SEVERAL_WORKERS
from tests.browser.server import ROOT, START_LIMIT, AppServer, free_port

UVICORN = 'import uvicorn\nif __name__ == "__main__":\n    uvicorn.main()\n'
FASTAPI = """
    from fastapi import FastAPI
    from nicegui import ui
    from app import Auth

    app, auth = FastAPI(), Auth()
    auth.install(app)


    @auth.page('/')
    def home():
        ui.label(f'Hello {auth.user.name}, the first')


    ui.run_with(app)
    """
WITH_ENDPOINTS = """
    from typing import Annotated

    from fastapi import Depends, FastAPI
    from nicegui import ui
    from app import Auth, EndpointUser

    app, auth = FastAPI(), Auth()
    auth.install(app)


    @app.get('/who')
    async def who(user: Annotated[EndpointUser | None, Depends(auth.current)]):
        return user and user.name


    @app.get('/write')
    async def write(user: Annotated[EndpointUser, Depends(auth.required(scope='write:messages'))]):
        return user.sub


    @auth.page('/token')
    async def token():
        ui.label(f'<{await auth.user.access_token()}>')


    ui.run_with(app, mount_path='/gui')
    """
ALONE = """
    import sys
    from nicegui import ui
    from app import Auth

    auth = Auth()


    @auth.page('/')
    def home():
        ui.label(f'Hello {auth.user.name}')


    ui.run(host='127.0.0.1', port=int(sys.argv[1]), show=False)
    """


@asynccontextmanager
async def running(folder: Path, script: str, *arguments: str, port: int | None = None) -> AsyncIterator[AppServer]:
    """The host, started by uvicorn if there are arguments for it, else as a script."""
    host, serve, port = folder / 'host.py', folder / 'serve.py', port or free_port()
    host.write_text(dedent(script), encoding='utf-8')
    serve.write_text(UVICORN, encoding='utf-8')
    how = ('host:app', '--port', str(port), *arguments) if arguments else (str(port),)
    server = AppServer(folder, port, serve if arguments else host, how, PYTHONPATH=str(ROOT))
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


def person() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, timeout=START_LIMIT)


async def test_endpoints_outside_of_the_mount_know_the_person_by_cookie_and_by_token(tmp_path: Path) -> None:
    async with running(tmp_path, WITH_ENDPOINTS, '--no-use-colors') as server, person() as alice, person() as stranger:
        await signed_in(alice, f'{server.url}/gui/login?return_to=/token')
        page = (await alice.get(f'{server.url}/gui/token')).text
        token = {'Authorization': f'Bearer {page.split("&lt;")[1].split("&gt;")[0]}'}
        for http, headers, name, status in (
            (stranger, {}, None, 401),
            (stranger, token, 'demo|alice', 200),
            (alice, {}, 'Alice Adams', 200),
            (alice, {'Sec-Fetch-Site': 'cross-site'}, 'Alice Adams', 200),
        ):
            who = await http.get(f'{server.url}/who', headers=headers)
            written = await http.get(f'{server.url}/write', headers=headers)
            assert (who.json(), written.status_code) == (name, status)
        bad = await stranger.get(f'{server.url}/who', headers={'Authorization': 'Bearer nonsense'})
        assert (bad.status_code, 'invalid_token' in bad.headers['WWW-Authenticate']) == (401, True)


async def until_log_has(server: AppServer, line: str, times: int) -> None:
    async with asyncio.timeout(START_LIMIT):
        while server.log().count(line) < times:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.1)


async def signed_in(http: httpx.AsyncClient, url: str) -> httpx.Response:
    """Sign in with the demo provider from this page on; the page that one comes back to."""
    asked = await http.get(url, follow_redirects=True)
    provider = str(asked.url).partition('/authorize')[0]
    form = {'person': 'alice', 'request': urlsplit(str(asked.url)).query}
    clicked = await http.post(f'{provider}/sign-in', data=form)
    return await http.get(clicked.headers['Location'], follow_redirects=True)


async def test_uvicorn_reloads_and_the_person_stays_signed_in(tmp_path: Path) -> None:
    async with running(tmp_path, FASTAPI, '--reload') as server, person() as http:
        assert 'Hello Alice Adams, the first' in (await signed_in(http, f'{server.url}/')).text
        (tmp_path / 'host.py').write_text(dedent(FASTAPI).replace('the first', 'the second'), encoding='utf-8')
        await until_log_has(server, 'Application startup complete', 2)
        assert 'Hello Alice Adams, the second' in (await http.get(f'{server.url}/')).text
        log = server.log()
    assert 'another process' not in log
    assert 'workers' not in log
    assert 'Traceback' not in log


async def test_several_workers_are_told_in_one_line(tmp_path: Path) -> None:
    async with running(tmp_path, FASTAPI, '--workers', '2') as server:
        await until_log_has(server, 'Application startup complete', 2)
        assert server.log().count(SEVERAL_WORKERS) == 1
        assert 'another process' not in server.log()


async def test_by_whatever_name_of_this_machine_it_is_opened_one_signs_in(tmp_path: Path) -> None:
    """`ui.run` imports the app in two processes, and nobody has set BASE_URL: the first request tells it."""
    async with running(tmp_path, ALONE) as server, person() as first, person() as second, person() as third:
        by_number = server.url.replace('localhost', '127.0.0.1')
        pages = f'{server.url}/', f'{by_number}/', f'{by_number}/login?return_to=/'
        for http, url in zip((first, second, third), pages, strict=True):
            page = await signed_in(http, url)
            assert (str(page.url), 'Hello Alice Adams' in page.text) == (f'{server.url}/', True)
        log = server.log()
    assert f"asked for at '{urlsplit(by_number).netloc}', but BASE_URL is {server.url}" in log
    assert 'Traceback' not in log
    assert 'another process' not in log
