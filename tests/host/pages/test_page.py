"""`auth.page`."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from nicegui import Client

from app.errors import StoreFailed
from app.sessions.sqlite import SqliteSessionStore
from tests.host import seen
from tests.person import Person
from tests.provider import APP_URL, RecordingProvider


@pytest.mark.usefixtures('host')
async def test_a_visitor_is_sent_to_sign_in_and_comes_back_to_the_very_page(provider: RecordingProvider) -> None:
    visitor, clients = Person(provider), set(Client.instances)
    answer = await visitor.get('/notes/7?tab=last&q=%C3%A9')
    back = urlencode({'return_to': '/notes/7?tab=last&q=%C3%A9'})
    assert (answer.status_code, answer.headers['Location']) == (303, f'{APP_URL}/login?{back}')
    assert set(Client.instances) == clients  # nothing was built
    assert (
        (await visitor.sign_in('alice', '/notes/7?tab=last&q=%C3%A9'))
        .headers['Location']
        .endswith('/notes/7?tab=last&q=%C3%A9')
    )
    assert 'Notes of Alice Adams' in (await visitor.get('/notes/7?tab=last')).text
    assert seen.names == {'notes': '7 last /notes/7'}


@pytest.mark.usefixtures('host')
@pytest.mark.parametrize(
    ('path', 'name', 'status', 'words'),
    [
        ('/admin', 'alice', 200, 'The numbers'),
        ('/admin', 'bob', 403, 'not granted to you: write:messages'),
        ('/checked', 'bob', 200, 'For Bob'),
        ('/checked', 'alice', 403, 'not for you'),
    ],
)
async def test_who_may_not_see_a_page_is_told_what_is_missing(
    provider: RecordingProvider, path: str, name: str, status: int, words: str
) -> None:
    answer = await (await Person.signed_in(provider, name)).get(path)
    assert (answer.status_code, words in answer.text) == (status, True)
    assert ('admin' in seen.names) is (status == 200 and path == '/admin')


@pytest.mark.usefixtures('host')
async def test_where_the_store_cannot_be_asked_a_guarded_page_says_so(
    provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await Person.signed_in(provider)

    async def fails(*_: object) -> None:
        raise StoreFailed('the disk is full')

    monkeypatch.setattr(SqliteSessionStore, 'browser', fails)
    answer = await person.get('/notes/7')
    assert (answer.status_code, 'memory' in answer.text) == (503, True)
    assert 'notes' not in seen.names


@pytest.mark.usefixtures('host')
async def test_an_address_that_nobody_could_come_back_to_is_said_to_be_too_long(provider: RecordingProvider) -> None:
    visitor = Person(provider)
    answer = await visitor.get('/notes/7?q=' + 'x' * 9000)
    assert (await visitor.get(answer.headers['Location'])).status_code == 414
    assert not provider.requests


@pytest.mark.usefixtures('host')
async def test_a_page_that_is_asked_for_at_another_address_is_told_to_the_log_once(
    provider: RecordingProvider, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = Person(provider)
    for _ in range(2):
        await visitor.http.get('/notes/7', headers={'Host': 'www.example.com'})
    told = [record.getMessage() for record in caplog.records if 'www.example.com' in record.getMessage()]
    assert len(told) == 1
    assert f'BASE_URL is {APP_URL}' in told[0]
