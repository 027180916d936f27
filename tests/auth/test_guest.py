"""In somebody else's app: what is theirs is left alone."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from nicegui import app as nicegui_app
from nicegui.testing import user_simulation

from app.oidc.http import http_client
from tests.clock import FakeClock
from tests.person import Person
from tests.provider import CLIENT_ID, RecordingProvider

HOST = """
import nicegui
from app import Auth

auth = Auth()
auth.install(nicegui.app)


@nicegui.ui.page('/')
def home():
    nicegui.app.storage.user.setdefault('basket', 'a book')


nicegui.ui.run(**auth.server_options())
"""


@pytest.fixture
async def host(
    provider: RecordingProvider, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'argv', ['host.py'])
    monkeypatch.setenv('OIDC_ISSUER', provider.issuer)
    monkeypatch.setenv('OIDC_CLIENT_ID', CLIENT_ID)
    monkeypatch.setattr('app.auth.http_client', lambda **_: http_client(httpx.ASGITransport(provider)))
    monkeypatch.setattr('app.auth.Clock', lambda: clock)
    script = tmp_path / 'host.py'
    script.write_text(HOST, encoding='utf-8')
    async with user_simulation(main_file=script):
        yield


@pytest.mark.usefixtures('host')
async def test_the_storage_of_the_host_is_not_touched_by_who_signs_in_and_out(provider: RecordingProvider) -> None:
    person = Person(provider)
    await person.get('/')
    (storage,) = nicegui_app.storage._users.values()
    cookie = person.http.cookies['stay_signed_in_storage_8080']
    for name in ('alice', 'alice', 'bob'):
        await person.sign_in(name)
    assert storage['basket'] == 'a book'
    assert person.http.cookies['stay_signed_in_storage_8080'] == cookie
