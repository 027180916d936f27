"""`HEAD` answers as `GET` does, and does nothing (RFC 9110 §9.3.2)."""

from __future__ import annotations

import sqlite3

import pytest
from fastapi.routing import APIRoute
from nicegui import core

from app.settings import TICKET_PATH, WINDOW_PATH
from tests.clock import FakeClock
from tests.person import Person, place
from tests.provider import RecordingProvider

pytestmark = pytest.mark.usefixtures('app')
ANSWER = '/callback?code=c&state=s'  # whether anybody waits for it, only GET finds out
STEPS = ['/login', '/silent', '/signed-in', '/health', '/logout', WINDOW_PATH]
PAGES = ['/', '/profile', '/session', '/api', '/admin', '/doctor', '/error', '/login-elsewhere', '/nothing']


def everything() -> list[list[tuple[object, ...]]]:
    """All that is kept of anybody."""
    with sqlite3.connect('.data/sessions.sqlite3') as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert tables
        return [database.execute(f'SELECT * FROM {table}').fetchall() for table in tables]


def test_each_route_that_has_get_has_head() -> None:
    methods: dict[str, set[str]] = {}
    for route in core.app.routes:
        if isinstance(route, APIRoute) and not route.path.startswith('/_nicegui'):
            methods.setdefault(route.path, set()).update(route.methods or ())
    assert {'/login', '/callback', '/silent', '/health', '/logout', TICKET_PATH + '/{ticket}'} <= methods.keys()
    assert not {path for path, known in methods.items() if 'GET' in known and 'HEAD' not in known}


@pytest.mark.parametrize('path', [*STEPS, *PAGES, '/callback', '/callback?code=c&code=d', f'{TICKET_PATH}/x'])
@pytest.mark.parametrize('is_signed_in', [False, True])
async def test_head_is_answered_as_get_without_a_body(
    provider: RecordingProvider, path: str, is_signed_in: bool
) -> None:
    person = await Person.signed_in(provider) if is_signed_in else Person(provider)
    asked = await person.copy().http.head(path)
    got = await person.copy().get(path)
    assert (asked.status_code, asked.content) == (got.status_code, b'')
    kinds = [answer.headers.get('Content-Type') for answer in (asked, got)]
    assert kinds[0] == kinds[1]
    assert ('Location' in asked.headers) == ('Location' in got.headers)


@pytest.mark.parametrize('path', [*STEPS, *PAGES, ANSWER, f'{TICKET_PATH}/x'])
async def test_head_leaves_no_trace(provider: RecordingProvider, path: str) -> None:
    person = await Person.signed_in(provider)
    provider.requests.clear()
    before = everything()
    answer = await person.http.head(path)
    assert 'stay_signed_in_browser' not in answer.headers.get('Set-Cookie', '')
    assert everything() == before
    assert provider.requests == []
    assert await person.name() == 'Alice Adams'


async def test_head_of_a_callback_leaves_the_code_for_the_person(provider: RecordingProvider) -> None:
    """A virus scanner looks at links before the person does."""
    person = Person(provider)
    url = await person.callback_url('alice', '/profile')
    for _ in range(2):
        assert (await person.http.head(url)).status_code == 303
    assert '/token' not in provider.requests
    assert place(await person.get(url)) == '/profile'
    assert await person.name() == 'Alice Adams'


async def test_head_of_login_begins_no_sign_in(provider: RecordingProvider) -> None:
    person = Person(provider)
    answer = await person.http.head('/login', params={'return_to': '/profile'})
    request = answer.headers['Location'].split('?')[1]
    clicked = await person.http.post(f'{provider.issuer}/sign-in', data={'person': 'alice', 'request': request})
    url = (await person.get(clicked.headers['Location'])).headers['Location']
    assert (await person.get(url)).status_code == 400  # nobody here waits for it
    assert '/token' not in provider.requests


@pytest.mark.parametrize('setting', ['SESSION_IDLE'])
async def test_head_of_a_page_is_nobody_doing_anything(provider: RecordingProvider, clock: FakeClock) -> None:
    person = await Person.signed_in(provider)
    await person.get('/')
    for _ in range(7):
        clock.set(clock.now() + 100)
        assert (await person.http.head('/profile')).status_code in {200, 401}
    assert (await person.get('/profile')).status_code == 401


async def test_head_of_a_guarded_page_leads_a_visitor_to_sign_in(provider: RecordingProvider) -> None:
    answer = await Person(provider).http.head('/profile?tab=2')
    assert (answer.status_code, place(answer)) == (303, '/login?return_to=%2Fprofile%3Ftab%3D2')


async def test_head_of_a_page_after_the_end_says_so(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    await person.log_out()
    assert (await person.http.head('/profile')).status_code == 401


async def test_head_by_another_name_of_this_machine_leads_to_ours(provider: RecordingProvider) -> None:
    answer = await Person(provider).http.head('http://127.0.0.1:8080/profile')
    assert (answer.status_code, answer.headers['Location']) == (307, 'http://localhost:8080/profile')
