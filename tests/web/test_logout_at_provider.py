"""What the provider is told of a logout: that its session ends too, and that the tokens are worth nothing any more."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from starlette.requests import Request
from starlette.responses import Response

from app.sessions.session import Ending
from app.sessions.sqlite import SqliteSessionStore
from tests.clock import FakeClock
from tests.person import Person, place, query
from tests.provider import APP_URL, CLIENT_ID, RecordingProvider
from tests.web.test_browser import secret_key, session_ids

SAME_ORIGIN = {'Sec-Fetch-Site': 'same-origin'}
WITHOUT_HINT = {'client_id': CLIENT_ID, 'post_logout_redirect_uri': f'{APP_URL}/'}


@pytest.fixture
def limit() -> str:
    """The name of a limit that the app has, of 600 seconds; none unless a test says so."""
    return ''


@pytest.fixture
def scope() -> str:
    return 'openid profile email offline_access'


@pytest.fixture
def method() -> str:
    return 'get'


@pytest.fixture
def setting(limit: str, scope: str, method: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv('OIDC_SCOPE', scope)
    monkeypatch.setenv('LOGOUT_METHOD', method)
    return limit


@dataclass
class Revocations:
    """What the revocation endpoint was asked for."""

    forms: list[dict[str, str]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def next(self) -> dict[str, str]:
        async with asyncio.timeout(5):
            await self.arrived.wait()
        self.arrived.clear()
        return self.forms[-1]


@pytest.fixture
def revocations(provider: RecordingProvider) -> Revocations:
    heard = Revocations()

    async def listen(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        answer = await provider.forward(request)
        heard.forms.append(form)
        heard.arrived.set()
        return answer

    provider.instead['/revoke'] = listen
    return heard


async def end_session(code: str, clock: FakeClock) -> None:
    """Another process marks the only session as over."""
    session_id, _ = session_ids()
    store = SqliteSessionStore(Path('.data/sessions.sqlite3'), secret_key)
    await store.open()
    await store.end(session_id, Ending(code, clock.now()))
    await store.close()


@pytest.mark.parametrize('code', ['refresh_token_refused', 'login_required', 'session_ended', 'session_idle'])
@pytest.mark.usefixtures('app')
async def test_log_out_of_a_session_that_is_over_here_reaches_the_provider(
    provider: RecordingProvider, clock: FakeClock, code: str
) -> None:
    person = await Person.signed_in(provider)
    form = await person.form()
    await end_session(code, clock)
    url = (await person.log_out(form)).headers['Location']
    assert url.startswith(f'{provider.issuer}/end-session?')
    asked = query(url)
    assert asked.pop('logout_hint') == 'demo|alice'
    assert asked == WITHOUT_HINT


@pytest.mark.usefixtures('app')
async def test_after_it_no_page_signs_in_again_by_itself(provider: RecordingProvider, clock: FakeClock) -> None:
    person = await Person.signed_in(provider)
    form = await person.form()
    await end_session('refresh_token_refused', clock)
    assert (await person.get('/profile')).status_code == 303  # as long as nobody has said that they want to be out
    await person.log_out(form)
    page = await person.get('/profile')
    assert (page.status_code, 'You are logged out' in page.text) == (401, True)
    assert 'Checking for a session' not in (await person.get('/')).text


@pytest.mark.usefixtures('app')
async def test_who_is_logged_out_here_only_is_offered_to_log_out_there(
    provider: RecordingProvider, clock: FakeClock
) -> None:
    person = await Person.signed_in(provider)
    await end_session('refresh_token_refused', clock)
    assert 'Log out there too' in (await person.get('/logout')).text
    assert '/end-session?' in (await person.log_out()).headers['Location']


@pytest.mark.usefixtures('app')
async def test_a_session_that_ended_since_another_person_is_there_does_not_end_theirs(
    provider: RecordingProvider, clock: FakeClock
) -> None:
    person = await Person.signed_in(provider)
    form = await person.form()
    await end_session('another_user', clock)
    assert place(await person.log_out(form)) == '/'


@pytest.mark.usefixtures('app')
async def test_many_groups_do_not_keep_anybody_from_logging_out(
    provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await Person.signed_in(provider)
    assert 'id_token_hint' in query((await person.log_out()).headers['Location'])
    groups = {'groups': [f'group-{number:040}' for number in range(150)]}
    monkeypatch.setattr('app.demo.people.Person.claims', lambda self, _: {'sub': self.subject, **groups})
    await person.sign_in('alice')
    asked = query((await person.log_out()).headers['Location'])
    assert len(asked.pop('logout_hint')) > 10  # the id that the provider gave its session
    assert asked == WITHOUT_HINT


@pytest.mark.parametrize('method', ['post'])
@pytest.mark.usefixtures('app')
async def test_a_long_id_token_goes_to_the_provider_in_a_form_where_it_takes_one(
    provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await Person.signed_in(provider)
    assert 'id_token_hint' in query((await person.log_out()).headers['Location'])  # a short one needs none
    groups = {'groups': [f'group-{number:040}' for number in range(150)]}

    def claims(self: Any, _: object) -> dict[str, object]:
        return {'sub': self.subject, 'name': self.name, **groups}

    monkeypatch.setattr('app.demo.people.Person.claims', claims)
    await person.sign_in('alice')
    by_script = await person.log_out(await person.form(), Accept='application/json')
    assert (by_script.status_code, await person.name() is None) == (406, False)  # which sends it as a form then
    page = await person.log_out()
    assert (page.status_code, page.headers['Cache-Control']) == (200, 'no-store')
    assert f"form-action 'self' https: {provider.issuer};" in page.headers['Content-Security-Policy']
    assert f'action="{provider.issuer}/end-session"' in page.text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert fields.keys() == WITHOUT_HINT.keys() | {'id_token_hint'}
    done = await person.http.post(f'{provider.issuer}/end-session', data=fields)
    assert done.headers['Location'] == f'{APP_URL}/'
    assert await person.name() is None


@pytest.mark.parametrize('scope', ['openid profile email', 'openid profile email offline_access'])
@pytest.mark.usefixtures('app')
async def test_a_logout_revokes_the_refresh_token_else_the_access_token(
    provider: RecordingProvider, revocations: Revocations, scope: str
) -> None:
    person = await Person.signed_in(provider)
    await person.log_out()
    kind = 'refresh_token' if 'offline_access' in scope else 'access_token'
    (token,) = provider.secrets[kind]
    assert await revocations.next() == {'token': token, 'token_type_hint': kind, 'client_id': CLIENT_ID}


@pytest.mark.usefixtures('app')
async def test_a_refresh_token_is_worth_nothing_after_a_logout(
    provider: RecordingProvider, revocations: Revocations
) -> None:
    person = await Person.signed_in(provider)
    await person.log_out()
    await revocations.next()
    (token,) = provider.secrets['refresh_token']
    form = {'grant_type': 'refresh_token', 'refresh_token': token, 'client_id': CLIENT_ID}
    refused = await person.http.post(f'{provider.issuer}/token', data=form)
    assert (refused.status_code, refused.json()['error']) == (400, 'invalid_grant')


@pytest.mark.usefixtures('app')
async def test_a_revocation_that_hangs_does_not_hold_the_logout_up(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    form = await person.form()
    release = provider.hang('/revoke')
    async with asyncio.timeout(5):
        assert '/end-session?' in (await person.log_out(form)).headers['Location']
    assert not release.is_set()
    assert await person.name() is None
    release.set()


@pytest.mark.parametrize('limit', ['SESSION_IDLE', 'SESSION_MAX'])
@pytest.mark.usefixtures('app')
async def test_a_limit_revokes_too(provider: RecordingProvider, clock: FakeClock, revocations: Revocations) -> None:
    person = await Person.signed_in(provider)
    clock.set(clock.now() + 601)
    await person.get('/')
    assert (await revocations.next())['token'] in provider.secrets['refresh_token']


@pytest.mark.usefixtures('app')
async def test_what_another_person_leaves_behind_in_a_browser_is_revoked(
    provider: RecordingProvider, revocations: Revocations
) -> None:
    person = await Person.signed_in(provider, 'alice')
    (token,) = provider.secrets['refresh_token']
    await person.sign_in('bob')
    assert (await revocations.next())['token'] == token
    assert await person.name() == 'Bob Brown'


@pytest.mark.usefixtures('app')
async def test_the_same_person_signing_in_again_revokes_nothing(
    provider: RecordingProvider, revocations: Revocations
) -> None:
    """Some providers have one grant for all sign-ins of a person, so that the new tokens would go with the old ones."""
    person = await Person.signed_in(provider)
    await person.sign_in('alice')
    await person.log_out()
    await revocations.next()
    assert len(revocations.forms) == 1


@pytest.mark.usefixtures('app')
async def test_what_a_sign_in_brings_that_is_too_late_for_a_logout_is_revoked(
    provider: RecordingProvider, revocations: Revocations
) -> None:
    person = await Person.signed_in(provider)
    (first,) = provider.secrets['refresh_token']
    callback, form = await person.callback_url('alice'), await person.form()
    asked, release = asyncio.Event(), asyncio.Event()

    async def slow(request: Request) -> Response:
        asked.set()
        await release.wait()
        return await provider.forward(request)

    provider.instead['/userinfo'] = slow
    late = asyncio.create_task(person.get(callback))
    await asked.wait()
    await person.log_out(form)
    assert (await revocations.next())['token'] == first
    release.set()
    assert (await late).status_code == 401
    assert (await revocations.next())['token'] in provider.secrets['refresh_token'] - {first}
