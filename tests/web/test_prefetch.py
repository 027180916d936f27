"""A request that the browser makes before anybody clicks begins no sign-in, and uses nothing up."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from starlette.datastructures import Headers

from app.settings import TICKET_PATH, WINDOW_PATH
from app.web.http_methods.prefetch import is_prefetch
from tests.clock import FakeClock
from tests.person import Person, place
from tests.provider import RecordingProvider
from tests.web.test_head import everything

EARLY = [
    {'Sec-Purpose': 'prefetch'},
    {'Sec-Purpose': 'prefetch;prerender'},
    {'Sec-Purpose': 'prefetch;anonymous-client-ip'},
    {'Purpose': 'prefetch'},
    {'X-Moz': 'prefetch'},
    {'X-Purpose': 'preview'},
]
STEPS = ['/login', '/callback?code=c&state=s', '/logout', WINDOW_PATH, f'{TICKET_PATH}/x']


@pytest.mark.parametrize('headers', EARLY)
def test_browsers_say_so_in_several_ways(headers: dict[str, str]) -> None:
    assert is_prefetch(Headers(headers))


@pytest.mark.parametrize(
    'headers', [{}, {'Sec-Purpose': ''}, {'Purpose': 'x-prefetched'}, {'Sec-Fetch-Dest': 'document'}]
)
def test_a_click_is_none(headers: dict[str, str]) -> None:
    assert not is_prefetch(Headers(headers))


@pytest.mark.usefixtures('app')
@pytest.mark.parametrize('headers', EARLY)
@pytest.mark.parametrize('path', STEPS)
async def test_it_is_answered_by_an_error_that_nobody_keeps(
    provider: RecordingProvider, path: str, headers: dict[str, str]
) -> None:
    person = await Person.signed_in(provider)
    provider.requests.clear()
    before = everything()
    answer = await person.http.get(path, headers=headers)
    assert (answer.status_code, answer.headers['Cache-Control']) == (503, 'no-store')
    assert 'Set-Cookie' not in answer.headers
    assert everything() == before
    assert provider.requests == []
    assert await person.name() == 'Alice Adams'


@pytest.mark.usefixtures('app')
async def test_the_click_after_it_works(provider: RecordingProvider) -> None:
    person = Person(provider)
    await person.http.get('/login', headers=EARLY[0])
    url = await person.callback_url('alice', '/profile')
    assert (await person.http.get(url, headers=EARLY[0])).status_code == 503
    assert '/token' not in provider.requests
    assert place(await person.get(url)) == '/profile'
    assert (await person.http.get('/logout', headers=EARLY[0])).status_code == 503
    assert urlsplit((await person.log_out()).headers['Location']).path != '/logout'
    assert await person.name() is None


@pytest.mark.usefixtures('app')
@pytest.mark.parametrize('setting', ['SESSION_IDLE'])
async def test_it_is_nobody_doing_anything(provider: RecordingProvider, clock: FakeClock) -> None:
    person = await Person.signed_in(provider)
    await person.get('/')
    for _ in range(7):
        clock.set(clock.now() + 100)
        await person.http.get('/login', headers=EARLY[0])
    assert (await person.get('/profile')).status_code == 401
