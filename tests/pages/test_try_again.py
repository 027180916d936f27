"""What has failed is what is tried again: a logout never leads to a sign-in, and a page to no step at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape
from urllib.parse import quote

import httpx
import pytest
from nicegui import app as nicegui_app

from app.errors import AuthError, StoreFailed
from app.web.plain_error import plain_error
from tests.person import Person, query
from tests.provider import APP_URL, RecordingProvider

pytestmark = pytest.mark.usefixtures('app')

STORE = 'app.sessions.sqlite.SqliteSessionStore'
Break = Callable[[str], None]


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Break:
    """Let a method of the store fail from now on."""

    async def fail(*_: object, **__: object) -> None:
        raise StoreFailed('disk full')

    return lambda method: monkeypatch.setattr(f'{STORE}.{method}', fail)


def leads_to(response: httpx.Response, label: str) -> str:
    """Where the link of this name on the page leads; empty if there is none."""
    elements = json.loads(response.text.split('String.raw`', 1)[1].split('`', 1)[0].replace('&#36;', '$'))
    for element in elements.values():
        if element.get('text') == label or element.get('props', {}).get('innerHTML') == label:
            return unescape(element['props'].get('href', ''))
    return ''


@pytest.mark.parametrize('method', ['end', 'by_reference', 'browser'])
async def test_a_logout_that_fails_says_that_one_is_still_logged_in_and_tries_the_logout_again(
    provider: RecordingProvider, full_disk: Break, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    person = await Person.signed_in(provider)
    form = await person.form()
    full_disk(method)
    failed = await person.log_out(form)
    assert (failed.status_code, 'store_failed' in failed.text) == (503, True)
    assert 'You are still logged in' in failed.text
    assert 'Nothing is lost' not in failed.text
    assert leads_to(failed, 'Try again') == f'{APP_URL}/logout'
    monkeypatch.undo()
    assert await person.name() == 'Alice Adams'
    assert '/end-session?' in (await person.log_out()).headers['Location']


async def test_its_reload_still_leads_to_the_logout(
    provider: RecordingProvider, full_disk: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts: list[str] = []
    monkeypatch.setattr('nicegui.ui.run_javascript', scripts.append)
    person = await Person.signed_in(provider)
    form = await person.form()
    full_disk('end')
    await person.log_out(form)
    assert scripts == ['history.replaceState(null, "", "/error?code=store_failed&again=%2Flogout")']
    reloaded = await person.get('/error?code=store_failed&again=%2Flogout')
    assert 'You are still logged in' in reloaded.text
    assert leads_to(reloaded, 'Try again') == 'http://localhost:8080/logout'


async def test_a_page_that_fails_is_what_is_tried_again(provider: RecordingProvider, full_disk: Break) -> None:
    person = await Person.signed_in(provider)
    full_disk('browser')
    failed = await person.get('/profile?tab=1')
    assert failed.status_code == 503
    assert leads_to(failed, 'Try again') == f'{APP_URL}/profile?tab=1'


async def test_a_sign_in_that_fails_is_tried_again_with_what_was_asked_of_it(provider: RecordingProvider) -> None:
    provider.answer('/.well-known/openid-configuration', status=503)
    failed = await Person(provider).get('/login', return_to='/profile', prompt='login')
    assert leads_to(failed, 'Try again') == f'{APP_URL}/login?return_to=%2Fprofile&prompt=login'


async def test_so_is_one_that_fails_on_the_way_back(provider: RecordingProvider) -> None:
    person = Person(provider)
    request = query((await person.get('/login', return_to='/profile', prompt='login')).headers['Location'])
    denied = await person.get('/callback', state=request['state'], error='access_denied', iss=provider.issuer)
    assert leads_to(denied, 'Log in') == f'{APP_URL}/login?return_to=%2Fprofile&prompt=login'


async def test_a_logout_form_that_is_refused_leads_to_the_page_that_asks(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    refused = await person.log_out(await person.form() | {'csrf': 'x'})
    assert refused.status_code == 403
    assert leads_to(refused, 'Log out') == f'{APP_URL}/logout'


@pytest.mark.parametrize(
    'again',
    [
        'https://evil.example/',
        '//evil.example',
        'javascript:alert(1)',
        '/login?return_to=//evil.example',
        '/x',
        '//[evil',
        'http://[',
    ],
)
async def test_a_link_that_somebody_made_leads_to_the_plain_sign_in(provider: RecordingProvider, again: str) -> None:
    page = await Person(provider).get(f'/error?code=store_failed&again={quote(again, safe="")}')
    assert leads_to(page, 'Try again') == 'http://localhost:8080/login?return_to=%2F'


async def test_an_app_without_error_pages_says_it_too(provider: RecordingProvider, full_disk: Break) -> None:
    nicegui_app.add_exception_handler(AuthError, plain_error)
    person = await Person.signed_in(provider)
    form = await person.form()
    full_disk('end')
    assert (await person.log_out(form)).text.startswith('You are still logged in.\n')
