"""What a host app with two providers says of them: links, buttons, and who is signed in where."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from textwrap import dedent

import httpx
import pytest
from nicegui.testing import user_simulation

from app.oidc.http import http_client
from tests.clock import FakeClock
from tests.provider import APP_URL, CLIENT_ID, RecordingProvider
from tests.several.conftest import ISSUERS
from tests.several.network import HOME, WORK, Network
from tests.several.person import Traveller, shown

HOST = f"""
    from fastapi import Depends
    from nicegui import app, ui

    from app import Auth, Provider

    auth = Auth(
        Provider('{ISSUERS[HOME]}', '{CLIENT_ID}', name='home'),
        Provider('{ISSUERS[WORK]}', '{CLIENT_ID}', name='work', label='Example Works'),
        base_url='{APP_URL}',
    )


    @auth.page('/', optional=True)
    def page():
        user = auth.user
        ui.label(f'signed in at {{user.provider}}, roles: {{sorted(user.roles)}}' if user else 'nobody')
        ui.link('one', auth.login_url('work'))
        ui.link('two', auth.login_url(provider='home'))
        ui.link('any', auth.login_url())
        auth.login_button('button', provider='work')
        for wrong in (auth.login_url, lambda name: auth.login_button(provider=name)):
            try:
                wrong('google')
            except ValueError as error:
                ui.label(str(error))


    @app.get('/me')
    def me(user=Depends(auth.current)):
        return {{'provider': user.provider, 'issuer': user.issuer, 'sub': user.sub}}


    ui.run()
"""


@pytest.fixture
async def person(
    providers: dict[str, RecordingProvider],
    network: Network,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> AsyncIterator[Traveller]:
    """A visitor of that app."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr('app.auth.provider_http', lambda _: http_client(httpx.ASGITransport(network)))
    monkeypatch.setattr('app.auth.Clock', lambda: clock)
    file = tmp_path / 'host.py'
    file.write_text(dedent(HOST), encoding='utf-8')
    async with user_simulation(main_file=file):
        yield Traveller(providers)


async def test_links_and_buttons_name_a_provider_or_none(person: Traveller) -> None:
    page = shown(await person.get('/'))
    assert page.count(f'"{APP_URL}/login?return_to=%2F&provider=work"') == 2
    assert page.count(f'"{APP_URL}/login?return_to=%2F&provider=home"') == 1
    assert page.count(f'"{APP_URL}/login?return_to=%2F"') == 1


async def test_a_provider_that_there_is_not_is_told_with_those_that_there_are(person: Traveller) -> None:
    assert shown(await person.get('/')).count("there is no provider 'google'; there is home, work") == 2


@pytest.mark.parametrize('name', [HOME, WORK])
async def test_the_user_has_the_name_of_the_provider_on_pages_and_at_endpoints(person: Traveller, name: str) -> None:
    await person.sign_in_at(name)
    assert f'signed in at {name}, roles: ' in (await person.get('/')).text
    assert (await person.get('/me')).json() == {'provider': name, 'issuer': ISSUERS[name], 'sub': 'demo|alice'}
