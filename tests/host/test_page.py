"""`auth.page`, `auth.require`, and `auth.on_change`."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import pytest
from nicegui import Client

from app.errors import StoreFailed
from app.renewal.visitors import Visitors
from app.sessions.session import Session
from app.sessions.sqlite import SqliteSessionStore
from app.web.routes import PAGE_KEY_HEADER
from tests.clock import settle
from tests.host import seen
from tests.host.conftest import MOST_TRIES, opened, press
from tests.person import Person
from tests.provider import APP_URL, RecordingProvider

SCOPE = 'openid profile email offline_access read:messages write:messages'


@pytest.fixture
def script() -> str:
    return """
        from fastapi import Request
        from nicegui import app, ui
        from app import Auth
        from tests.host.seen import names, note

        auth = Auth()


        @auth.page('/notes/{number}')
        def notes(request: Request, number: int, tab: str = 'first'):
            note('notes', f'{number} {tab} {request.url.path}')
            ui.label(f'Notes of {auth.user.name}')


        @auth.page('/admin', scope='write:messages')
        async def admin():
            note('admin', auth.user.name)
            ui.label('The numbers')


        @auth.page('/checked', check=lambda user: user.email == 'bob@example.com')
        def checked():
            ui.label('For Bob')


        @auth.page('/open', optional=True)
        def anybody():
            greeting = ui.label()

            def greet():
                greeting.set_text(f'Hello {auth.user.name}' if auth.user else 'Hello stranger')

            auth.on_change(greet)


        @auth.page('/followed')
        def followed():
            label = ui.label()

            def follow():
                note('followed', auth.user and auth.user.name)
                label.set_text(f'Seen {auth.user and auth.user.name}')

            auth.on_change(follow)


        @auth.page('/asynchronous')
        def asynchronous():
            async def update(): ...

            try:
                auth.on_change(update)
            except TypeError as error:
                note('asynchronous', str(error))


        @ui.page('/mistaken')
        def mistaken():
            ui.label(f'Secrets of {auth.user.name}')
            auth.user.on_change(lambda: note('mistake', auth.user.name))


        @auth.page('/parts', optional=True)
        @auth.page('/parts/second', optional=True)
        @auth.page('/parts/admin', optional=True)
        @auth.page('/parts/open', optional=True)
        def parts():
            ui.sub_pages({'/parts': first, '/parts/second': second, '/parts/admin': admin, '/parts/open': anybody})


        def first():
            ui.label('First part')


        @auth.require(scope='write:messages', name='The second')
        def second():
            note('builds', names.get('builds', '') + 'x')
            ui.label('Second part')


        @auth.require(scope='write:messages')
        async def write(place):
            note('handler', place)


        @auth.page('/write', optional=True)
        def writing():
            ui.button('Write', on_click=lambda: write('here'))


        ui.run()
        """


@pytest.fixture(autouse=True)
def scope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('OIDC_SCOPE', SCOPE)


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
async def test_a_visitors_open_page_is_told_who_signs_in_beside_it(provider: RecordingProvider) -> None:
    person = Person(provider)
    page, other = await opened(person, '/open'), await opened(Person(provider), '/open')
    await page.should_see('Hello stranger')
    await person.sign_in('alice')
    await page.should_see('Hello Alice Adams')
    await other.should_see('Hello stranger')
    await person.sign_in('bob')
    await page.should_see('Hello stranger')  # it is Alice's page, and she is signed out


@pytest.mark.usefixtures('host')
async def test_what_follows_the_user_ends_with_its_part_of_the_page(provider: RecordingProvider) -> None:
    alice = await Person.signed_in(provider)
    page = await opened(alice, '/followed')
    await page.should_see('Seen Alice Adams')
    await alice.sign_in('bob')
    await page.should_not_see('Seen')  # all that the page showed is deleted, so there is nothing left to be updated
    assert seen.names == {'followed': 'Alice Adams'}


@pytest.mark.usefixtures('host')
async def test_a_page_of_who_has_only_kept_the_visitors_cookie_stays_a_strangers(
    provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has used a browser before Alice, and took what its cookie was then."""
    kiosk, told = Person(provider), asyncio.Event()
    await opened(kiosk, '/open')
    thief = kiosk.copy()
    page, tries, keys = await opened(thief, '/open'), list[str](), set[str]()

    def prove(self: Visitors, key: str, session: Session | None) -> bool:
        tries.append(key)
        if tries.count(key) == MOST_TRIES:
            keys.add(key)
            told.set()
        return prove_it(self, key, session)

    prove_it = Visitors.prove
    monkeypatch.setattr(Visitors, 'prove', prove)
    await kiosk.sign_in('alice')
    await told.wait()
    await settle()
    await page.should_see('Hello stranger')
    # Nor do they have the browser of Alice show it for them.
    (key,) = keys
    cross_site = {'Sec-Fetch-Site': 'cross-site', PAGE_KEY_HEADER: key}
    assert (await kiosk.http.post('/signed-in', headers=cross_site)).status_code == 403
    await page.should_see('Hello stranger')


@pytest.mark.usefixtures('host')
async def test_a_mistake_of_the_page_keeps_nothing_of_the_person_in_sight(
    provider: RecordingProvider, caplog: pytest.LogCaptureFixture
) -> None:
    alice = await Person.signed_in(provider)
    page = await opened(alice, '/mistaken')
    await page.should_see('Secrets of Alice Adams')
    await alice.log_out()
    await page.should_not_see('Secrets of Alice Adams')
    assert 'an update of the page failed' in caplog.text
    caplog.clear()


@pytest.mark.usefixtures('host')
async def test_a_part_of_a_page_shows_why_it_is_not_there(provider: RecordingProvider) -> None:
    visitor, bob = Person(provider), await Person.signed_in(provider, 'bob')
    page = await opened(visitor, '/parts/second')
    await page.should_see('Log in to see this page: The second.')
    await page.should_not_see('Second part')
    await visitor.sign_in('alice')
    await page.should_see('Second part')  # built anew, since the guard thinks otherwise
    await (await opened(bob, '/parts/second')).should_see('The page The second needs what the sign-in service has not')
    await (await opened(bob, '/parts')).should_see('First part')


@pytest.mark.usefixtures('host')
async def test_a_part_that_was_left_and_opened_again_is_built_once_when_its_guard_thinks_otherwise(
    provider: RecordingProvider,
) -> None:
    visitor = Person(provider)
    page = await opened(visitor, '/parts/second')
    for path in ('/parts', '/parts/second', '/parts', '/parts/second'):
        await page.navigate._open(path, clear_forward_history=True)
        await settle()
    await visitor.sign_in('alice')
    await page.should_see('Second part')
    await settle()
    assert seen.names['builds'] == 'x'


@pytest.mark.usefixtures('host')
async def test_a_page_that_is_a_part_of_another_one_keeps_its_guard(provider: RecordingProvider) -> None:
    """The browser goes there by its socket, so that no dependency of a page is asked."""
    visitor, bob = Person(provider), await Person.signed_in(provider, 'bob')
    page = await opened(visitor, '/parts/admin')
    await page.should_see('Please log in')
    await (await opened(bob, '/parts/admin')).should_see('not granted to you: write:messages')
    assert 'admin' not in seen.names
    await visitor.sign_in('alice')
    await page.should_see('The numbers')
    await (await opened(Person(provider), '/parts/open')).should_see('Hello stranger')


@pytest.mark.usefixtures('host')
@pytest.mark.parametrize(('name', 'ran'), [('alice', True), ('bob', False), (None, False)])
async def test_a_handler_runs_only_for_whom_its_guard_lets_in(
    provider: RecordingProvider, name: str | None, ran: bool
) -> None:
    person = await Person.signed_in(provider, name) if name else Person(provider)
    page = await opened(person, '/write')
    press(page, 'Write')
    await settle()
    assert (seen.names.get('handler') == 'here') is ran
    assert (page.notify.messages == []) is ran


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


@pytest.mark.usefixtures('host')
async def test_what_follows_a_change_is_not_asynchronous(provider: RecordingProvider) -> None:
    await opened(await Person.signed_in(provider), '/asynchronous')
    assert 'must not be asynchronous' in str(seen.names['asynchronous'])
