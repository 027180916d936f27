"""An app of somebody else with the demo provider, in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import httpx
import pytest

from app.testing import serve_demo
from tests.testing.conftest import ROOT, Suite

WAIT = 30.0  # seconds, for what happens at once on a machine that has time


def sign_in(browser: httpx.Client, url: str) -> httpx.Response:
    """Open a page that needs somebody, and be Alice at the demo provider: what is shown then."""
    asks = browser.get(url)
    assert urlsplit(str(asks.url)).path.endswith('/demo/authorize'), asks.url
    request = urlsplit(str(asks.url)).query
    return browser.post(
        str(asks.url.copy_with(path=asks.url.path.replace('authorize', 'sign-in'), query=None)),
        data={'person': 'alice', 'request': request},
    )


def is_there(url: str) -> bool:
    address = urlsplit(url)
    try:
        socket.create_connection((address.hostname or '', address.port or 0), timeout=1).close()
    except OSError:
        return False
    return True


def test_the_demo_provider_signs_in_whatever_is_configured(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('OIDC_ISSUER', 'https://login.example.com')
    monkeypatch.setenv('OIDC_CLIENT_ID', 'club')
    before = suite.files
    with serve_demo(suite.folder / 'suite/main.py') as url, httpx.Client(follow_redirects=True) as browser:
        page = sign_in(browser, f'{url}/house/')
        assert str(page.url) == f'{url}/house/'
        assert 'The hall' in page.text
        assert 'Hello Alice Adams' in browser.get(url).text
    assert not is_there(url)
    assert [name for name in suite.files if '__pycache__' not in name] == before


def test_an_app_that_does_not_start_says_why(suite: Suite) -> None:
    suite.write('main.py', 'raise SystemExit("no such thing")')
    with pytest.raises(RuntimeError, match='no such thing'), serve_demo(suite.folder / 'suite/main.py'):
        pass


def test_it_ends_with_the_process_that_has_started_it(suite: Suite) -> None:
    code = f"""
import sys
from app.testing import serve_demo
with serve_demo({str(suite.folder / 'suite/main.py')!r}) as url:
    print(url, flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, '-c', code],
        cwd=ROOT,
        env={**os.environ, 'TMPDIR': str(suite.temporary)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as tests:
        assert tests.stdout
        url = tests.stdout.readline().strip()
        assert is_there(url)
        os.kill(tests.pid, signal.SIGKILL)
    end = time.monotonic() + WAIT
    while is_there(url):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_it_is_a_fixture(suite: Suite) -> None:
    suite.write(
        'test_club.py',
        """
        import httpx

        def test_it(demo_app):
            url = demo_app('main.py')
            assert 'Hello stranger' in httpx.get(url).text
        """,
    )
    ran = suite.run('-p', 'app.testing')
    assert '\n1 passed in' in ran.stdout, ran.stdout


def test_an_app_in_fastapi_is_told_where_to_listen(suite: Suite) -> None:
    suite.write(
        'main.py',
        """
        import uvicorn
        from fastapi import FastAPI
        from nicegui import ui

        import club.pages
        from club.sign_in import auth

        app = FastAPI()
        auth.install(app)
        ui.run_with(app, storage_secret='the secret of the host')
        uvicorn.run(app, host='0.0.0.0', port=80)
        """,
    )
    with serve_demo(suite.folder / 'suite/main.py') as url, httpx.Client(follow_redirects=True) as browser:
        assert 'The hall' in sign_in(browser, f'{url}/house/').text
