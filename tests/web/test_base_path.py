"""The app below a path: however requests arrive there, it is the same app, and nothing of it leads elsewhere."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from nicegui import core
from starlette.types import Receive, Scope, Send

from app.web.middleware import BasePath, route_path
from tests.person import Person, query
from tests.provider import APP_URL, RecordingProvider
from tests.web.test_redirects import EVERYWHERE

GUI = f'{APP_URL}/gui'
HEADER = (b'x-forwarded-prefix', b'/gui')


async def passed_on(scope: Scope, base_url: str = GUI) -> Scope:
    """The scope that the app gets; an empty one if it is asked for nothing."""
    seen: Scope = {}

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.update(scope)

    async def nothing(*_: object) -> None: ...

    await BasePath(inner, base_url)(scope, nothing, nothing)  # type: ignore[arg-type]  # nobody asks for a message
    return seen


def request(path: str, root_path: str | None = None, kind: str = 'http', method: str = 'GET') -> dict[str, Any]:
    scope: dict[str, Any] = {'type': kind, 'path': path, 'raw_path': path.encode(), 'query_string': b'', 'headers': []}
    return (
        scope | ({'method': method} if kind == 'http' else {}) | ({} if root_path is None else {'root_path': root_path})
    )


@pytest.mark.parametrize('kind', ['http', 'websocket'])
@pytest.mark.parametrize(
    ('path', 'root_path', 'inner'),
    [
        pytest.param('/gui/login', '', '/login', id='the prefix is kept'),
        pytest.param('/gui/login', None, '/login', id='the prefix is kept, and nobody speaks of root_path'),
        pytest.param('/login', '', '/login', id='the prefix is stripped'),
        pytest.param('/gui/login', '/gui', '/login', id='uvicorn --root-path, or nicegui.app.root_path'),
        pytest.param('/login', '/gui', '/login', id='the prefix is stripped, and root_path tells it'),
        pytest.param('/inner/login', '/inner', '/login', id='mounted at a part of the path'),
        pytest.param('/gui/', '', '/', id='the home page'),
        pytest.param('/', '', '/', id='the home page, stripped'),
        pytest.param('/guide', '', '/guide', id='a page whose name only begins so'),
        pytest.param('/guide', '/gui', '/guide', id='a page whose name only begins so, with root_path'),
        pytest.param('/gui/gui', '', '/gui', id='a page of the same name'),
    ],
)
async def test_the_app_sees_its_own_paths_however_they_arrive(
    kind: str, path: str, root_path: str | None, inner: str
) -> None:
    seen = await passed_on(request(path, root_path, kind))
    assert (seen['path'], seen['raw_path'], seen['root_path']) == (inner, inner.encode(), '')
    assert seen['headers'] == [HEADER]


async def test_what_is_encoded_in_a_path_stays_so() -> None:
    seen = await passed_on(request('/gui/a b') | {'raw_path': b'/gui/a%20b'})
    assert (seen['path'], seen['raw_path']) == ('/a b', b'/a%20b')
    seen = await passed_on(request('/gui/a b') | {'raw_path': b'/%67ui/a%20b'})
    assert (seen['path'], seen['raw_path']) == ('/a b', b'/a%20b')


async def test_an_app_without_a_path_sees_requests_as_they_are() -> None:
    scope = request('/gui/login', '/x')
    assert await passed_on(dict(scope), APP_URL) == scope


@pytest.mark.parametrize(
    ('path', 'root_path', 'own'),
    [
        ('/gui/login', '/gui', '/login'),
        ('/login', '/gui', '/login'),
        ('/gui', '/gui', '/'),
        ('/guide', '/gui', '/guide'),
    ],
)
def test_a_step_knows_itself_below_a_mount(path: str, root_path: str, own: str) -> None:
    assert route_path(request(path, root_path)) == own


# The whole app


@pytest.fixture
def app_url() -> str:
    return GUI


@pytest.fixture(params=['kept', 'stripped', 'root_path'])
def person(
    request: pytest.FixtureRequest, app: None, provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> Person:
    """Somebody whose requests arrive with the path, without it, or with it and NiceGUI's own word for it."""
    if request.param == 'root_path':
        monkeypatch.setattr(core.app, 'root_path', '/gui')
    person = Person(provider)
    person.http.base_url = httpx.URL(APP_URL if request.param == 'stripped' else GUI)
    return person


async def test_somebody_signs_in_and_out_below_the_path(person: Person, provider: RecordingProvider) -> None:
    login = await person.get('/login', return_to='/profile?tab=1')
    assert query(login.headers['Location'])['redirect_uri'] == f'{GUI}/callback'
    done = await person.sign_in('alice', '/profile?tab=1')
    assert done.headers['Location'] == f'{GUI}/profile?tab=1'
    page = await person.get('/profile')
    assert 'Alice Adams' in page.text
    assert f'{GUI}/login?return_to=%2Fprofile' in page.text
    assert '"action":"/gui/logout"' in page.text
    assert query((await person.log_out()).headers['Location'])['post_logout_redirect_uri'] == f'{GUI}/'


async def test_cookies_are_told_apart_by_name_and_go_to_the_whole_host(person: Person) -> None:
    """Else endpoints beside the mount would see nobody."""
    await person.sign_in('alice')
    cookies = {cookie.name: cookie.path for cookie in person.http.cookies.jar if 'demo' not in cookie.name}
    assert cookies == {f'stay_signed_in_{purpose}_8080%2Fgui': '/' for purpose in ('browser', 'storage')}


async def test_what_a_page_loads_lies_below_the_path_and_may_be_kept(person: Person) -> None:
    page = await person.get('/')
    loaded = set(re.findall(r'(?:src|href)="([^"]*)"', page.text)) | set(re.findall(r'url\("([^"]*)"\)', page.text))
    assert loaded
    assert not {address for address in loaded if not address.startswith('/gui/_nicegui/')}
    assert 'prefix: "/gui"' in page.text
    (script,) = {address for address in loaded if address.endswith('/nicegui.js')}
    answer = await person.get(APP_URL + script)
    assert (answer.status_code, 'max-age' in answer.headers['Cache-Control']) == (200, True)


@pytest.mark.usefixtures('app')
async def test_the_path_without_its_slash_leads_to_the_home_page(provider: RecordingProvider) -> None:
    assert (await Person(provider).get(GUI)).headers['Location'] == f'{GUI}/'
    assert (await Person(provider).get(f'{GUI}?tab=1')).headers['Location'] == f'{GUI}/?tab=1'


@pytest.mark.usefixtures('app')
@pytest.mark.parametrize('forwarded', [{}, {'X-Forwarded-Prefix': '/gui'}, {'X-Forwarded-Prefix': '//evil.example'}])
async def test_every_redirect_leads_below_the_path_or_to_the_provider(
    provider: RecordingProvider, forwarded: dict[str, str]
) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(core.app), headers=forwarded) as http:
        for address in (*EVERYWHERE, *(f'/gui{address}' for address in EVERYWHERE)):
            response = await http.get(f'http://localhost:1234{address}')
            target = response.headers.get('Location', f'{GUI}/')
            assert target.startswith((f'{GUI}/', provider.issuer)), (address, target)
            assert '/gui/gui' not in target, (address, target)
            assert 'evil' not in response.text


async def test_another_name_of_this_machine_leads_to_the_base_url(person: Person) -> None:
    there = person.http.base_url.copy_with(host='127.0.0.1')
    moved = await person.get(f'{str(there).rstrip("/")}/profile?tab=1')
    assert (moved.status_code, moved.headers['Location']) == (307, f'{GUI}/profile?tab=1')


async def test_an_answer_that_is_posted_goes_on_below_the_path(person: Person) -> None:
    sent_on = await person.http.post('/callback', data={'code': 'c', 'state': 's'})
    assert sent_on.headers['Location'] == f'{GUI}/callback?code=c&state=s'


async def test_a_failure_is_tried_again_below_the_path(
    person: Person, provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts: list[str] = []
    monkeypatch.setattr('nicegui.ui.run_javascript', scripts.append)
    provider.answer('/.well-known/openid-configuration', status=503)
    failed = await person.get('/login', return_to='/profile')
    assert f'{GUI}/login?return_to=%2Fprofile' in failed.text
    assert scripts[0].startswith('history.replaceState(null, "", "/gui/error?code=provider_failed&again=%2Flogin')


async def test_the_silent_page_names_nothing_above_the_path(person: Person) -> None:
    page = (await person.get('/silent')).text
    assert set(re.findall('href="([^"]*)"', page)) == {'./'}
