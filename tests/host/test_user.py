"""`auth.user`: on a page, and in whatever the page brings about, its person; nobody elsewhere."""

from __future__ import annotations

from contextvars import Context
from typing import Any

import pytest
from nicegui import Client, core
from nicegui.testing import User
from starlette.requests import Request

from app.app_context import AppContext
from app.web.asgi.visit import Visit, present_visit
from app.web.identity import Identity, identify
from tests.clock import settle
from tests.host import seen
from tests.host.conftest import opened, press
from tests.person import Person
from tests.provider import RecordingProvider

ON_A_PAGE = ('page', 'async page', 'after connected', 'sub-page', 'timer', 'handler', 'async handler', 'on_connect')
BEGUN_IN_ONE = ('background task', 'asyncio task', 'task of a task')
ELSEWHERE = ('start', 'task of the start', 'app.timer', 'thread', 'empty context', 'endpoint')


@pytest.fixture
def script() -> str:
    return """
        import asyncio, contextvars, threading
        from fastapi import Depends, WebSocket
        from nicegui import app, background_tasks, run, ui
        from app import Auth
        from tests.host.seen import note

        auth = Auth()
        note('import', auth.user and auth.user.name)


        def see(place):
            note(place, auth.user and auth.user.name)


        async def later(place):
            await asyncio.sleep(0)
            see(place)


        async def begin(place):
            asyncio.create_task(later(place))


        async def start():
            see('start')
            background_tasks.create(later('task of the start'))


        app.on_startup(start)
        app.timer(0.01, lambda: see('app.timer'))


        @auth.page('/')
        def home():
            see('page')
            ui.timer(0.01, lambda: see('timer'), once=True)
            ui.button('handler', on_click=lambda: see('handler'))
            ui.button('async handler', on_click=lambda: later('async handler'))
            ui.context.client.on_connect(lambda: see('on_connect'))
            background_tasks.create(later('background task'))
            asyncio.create_task(later('asyncio task'))
            asyncio.create_task(begin('task of a task'))
            asyncio.get_running_loop().create_task(later('empty context'), context=contextvars.Context())


        @auth.page('/async')
        async def waiting():
            await asyncio.sleep(0)
            see('async page')
            await ui.context.client.connected()
            see('after connected')
            await run.io_bound(see, 'thread')


        @auth.page('/sub')
        def parts():
            ui.sub_pages({'/sub': lambda: see('sub-page')})


        @ui.page('/plain')
        def plain():
            see('plain page')


        @ui.page('/late')
        def late():
            ui.button('late handler', on_click=lambda: see('late handler'))


        @ui.page('/silent-plain')
        def silent_plain():
            background_tasks.create(later('task of a plain page'))


        @app.get('/endpoint')
        async def endpoint():
            see('endpoint')


        in_page, asked = threading.Event(), threading.Event()


        @auth.page('/slow')
        async def slow():
            place = ui.column()

            def work():
                with place:
                    in_page.set()
                    asked.wait(5)

            asyncio.get_running_loop().run_in_executor(None, work)


        @app.get('/in-a-thread')
        def endpoint_in_a_thread():
            assert in_page.wait(5)
            see('endpoint in a thread')
            asked.set()


        @app.websocket('/socket')
        async def socket(websocket: WebSocket, user=Depends(auth.current)):
            note('socket', user and user.name)
            await websocket.accept()
            await websocket.close()


        ui.run()
        """


@pytest.fixture
async def alice(host: User, provider: RecordingProvider) -> Person:
    return await Person.signed_in(provider)


async def test_on_a_page_and_in_what_it_brings_about_it_is_its_person(alice: Person) -> None:
    for path in ('/async', '/sub', '/'):
        user = await opened(alice, path)
    press(user, 'handler')
    press(user, 'async handler')
    places = (*ON_A_PAGE, *BEGUN_IN_ONE)
    assert await seen.everywhere(*places) == dict.fromkeys(places, 'Alice Adams')


async def test_elsewhere_it_is_nobody(alice: Person) -> None:
    await opened(alice, '/')
    await opened(alice, '/async')
    await alice.get('/endpoint')
    assert await seen.everywhere('import', *ELSEWHERE) == dict.fromkeys(('import', *ELSEWHERE))


async def test_a_page_that_has_no_guard_knows_its_person_too(alice: Person, provider: RecordingProvider) -> None:
    await opened(alice, '/plain')
    assert seen.names['plain page'] == 'Alice Adams'
    await opened(alice, '/silent-plain')
    assert await seen.everywhere('task of a plain page') == {'task of a plain page': 'Alice Adams'}
    await opened(Person(provider), '/plain')
    assert seen.names['plain page'] is None


async def test_two_people_at_once_are_two(alice: Person, provider: RecordingProvider) -> None:
    bob = await Person.signed_in(provider, 'bob')
    of_alice, of_bob = await opened(alice, '/'), await opened(bob, '/')
    for user, name in ((of_alice, 'Alice Adams'), (of_bob, 'Bob Brown'), (of_alice, 'Alice Adams')):
        press(user, 'handler')
        await settle()
        assert seen.names['handler'] == name


async def test_a_page_stays_its_persons_when_its_browser_has_become_another_ones(
    alice: Person, provider: RecordingProvider
) -> None:
    page = await opened(alice, '/')
    await alice.sign_in('bob')
    await page.should_not_see('handler')  # what it showed of Alice is deleted, and it never becomes Bob's
    assert seen.names.get('handler') is None


async def test_a_page_that_was_built_before_a_logout_is_nobodys_when_it_connects(alice: Person) -> None:
    form, before = await alice.form(), set(Client.instances)
    await alice.get('/late')
    (late,) = set(Client.instances) - before
    await alice.log_out(form)
    page = User(alice.http)
    page.client = Client.instances[late]
    await page.client.handle_handshake('socket', 'tab', None, 'document', 0)
    with page.client:
        press(page, 'late handler')
    await settle()
    assert seen.names['late handler'] is None


async def test_what_a_socket_begins_goes_by_the_page_that_opens_it(alice: Person, provider: RecordingProvider) -> None:
    """An event handler may begin a task by `asyncio`, which has no page: it inherits what the socket's task has."""
    page = await opened(alice, '/')
    inherited: list[Visit | None] = []

    async def inside(*_: object) -> None:
        inherited.append(present_visit.get())

    async def nothing(*_: object) -> Any: ...

    assert page.client is not None
    (sign_in,) = [one for one in core.app.user_middleware if getattr(one.cls, '__name__', '') == 'SignIn']
    middleware = sign_in.cls(inside, *sign_in.args, **sign_in.kwargs)
    for query in (f'client_id={page.client.id}&x=1', 'client_id=unknown', ''):
        scope = {'type': 'websocket', 'path': '/_nicegui_ws/socket.io', 'query_string': query.encode(), 'headers': []}
        await Context().run(middleware, scope, nothing, nothing)
    sessions = [visit and visit.identity.session for visit in inherited]
    assert [session and session.subject for session in sessions] == ['demo|alice', None, None]


async def test_what_one_thread_does_in_a_page_says_nothing_of_another_one(
    alice: Person, provider: RecordingProvider
) -> None:
    """NiceGUI has one stack of slots for all threads."""
    await opened(alice, '/slow')
    await Person(provider).get('/in-a-thread')
    assert seen.names == {**seen.names, 'endpoint in a thread': None}


async def test_a_socket_of_the_apps_own_is_nobodys_whatever_page_it_names(alice: Person) -> None:
    page = await opened(alice, '/')
    assert page.client is not None

    async def receive() -> dict[str, str]:
        return {'type': 'websocket.connect'}

    async def send(_: object) -> None: ...

    query = f'client_id={page.client.id}'.encode()
    scope = {'type': 'websocket', 'path': '/socket', 'query_string': query, 'headers': [], 'subprotocols': []}
    await core.app(scope, receive, send)
    assert seen.names == {**seen.names, 'socket': None}


async def test_looking_at_who_it_is_asks_only_for_who_shows_a_cookie_and_sets_none(
    alice: Person, provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def noting(request: Request, app: AppContext) -> Identity:
        asked.append(request.url.path)
        return await identify(request, app)

    monkeypatch.setattr('app.web.asgi.visit.identify', noting)
    for person in (Person(provider), alice):
        for path in ('/endpoint', '/_nicegui/anything', '/favicon.ico'):
            assert 'stay_signed_in' not in (await person.get(path)).headers.get('Set-Cookie', '')
    assert asked == ['/endpoint', '/favicon.ico']
