"""What `auth` offers on a page, and to whoever runs the app, in a host's app."""

from __future__ import annotations

from functools import partial

import httpx
import pytest
from nicegui import ui
from nicegui.testing import User

from app.api.user_client import user_client
from app.errors import StoreFailed
from app.sessions.sqlite import SqliteSessionStore
from tests.clock import FakeClock, settle
from tests.host import seen
from tests.host.conftest import opened, press
from tests.person import Person
from tests.provider import RecordingProvider

HOUR = 3600.0


@pytest.fixture
def script() -> str:
    return """
        from nicegui import app, ui
        from app import Auth, AuthError
        from tests.host.seen import note
        from tests.provider import ISSUER

        auth = Auth(renewal='refresh_token', session_idle=3600, session_max=7200)


        @ui.page('/plain')
        def plain():
            try:
                note('plain', auth.user and auth.user.name)
            except AuthError as error:
                note('plain', error.code)


        @auth.page('/', optional=True)
        def home():
            auth.login_button('Come in')
            auth.logout_button('Leave')


        @auth.page('/mine')
        def mine():
            label = ui.label()
            auth.on_change(lambda: auth.user and label.set_text(f'{auth.user.state} until {auth.user.expires_at}'))
            ui.button('Renew', on_click=auth.renew)
            ui.button('Call', on_click=call)


        async def call():
            async with auth.client('https://api.example.com') as api:
                note('call', (await api.get('/numbers')).text)


        @auth.page('/devices')
        def devices():
            auth.devices()


        @auth.page('/visits')
        def visits():
            kept = auth.user.storage
            kept['visits'] = kept.get('visits', 0) + 1
            ui.label(f'{auth.user.name} for the {kept["visits"]}. time')


        @app.post('/end/{subject}')
        async def end(subject: str):
            return await auth.sign_out(ISSUER, subject)


        ui.run()
        """


@pytest.fixture
async def alice(host: User, provider: RecordingProvider) -> Person:
    return await Person.signed_in(provider)


async def on_plain_page(person: Person) -> str | None:
    await person.get('/plain')
    return seen.names.pop('plain')


@pytest.mark.parametrize(('idle', 'name'), [(HOUR - 1, 'Alice Adams'), (HOUR, None)])
async def test_who_was_idle_for_too_long_is_nobody_on_a_plain_page(
    alice: Person, clock: FakeClock, idle: float, name: str | None
) -> None:
    await clock.advance(idle)
    assert await on_plain_page(alice) == name


@pytest.mark.parametrize(('longer', 'name'), [(HOUR - 1, 'Alice Adams'), (HOUR, None)])
async def test_whoever_is_active_stays_until_the_longest(
    alice: Person, clock: FakeClock, longer: float, name: str | None
) -> None:
    for seconds in (HOUR / 2, HOUR / 2, longer):
        assert (await alice.get('/mine')).status_code == 200
        await clock.advance(seconds)
    assert await on_plain_page(alice) == name
    assert (await alice.get('/mine')).status_code == (200 if name else 401)


async def test_where_the_store_cannot_be_asked_nobody_is_taken_for_a_visitor(
    alice: Person, provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise StoreFailed('the disk is full')

    monkeypatch.setattr(SqliteSessionStore, 'browser', fails)
    assert await on_plain_page(alice) == StoreFailed.code
    assert await on_plain_page(Person(provider)) is None  # who shows no cookie is nobody for sure


@pytest.mark.usefixtures('host')
async def test_the_buttons_are_there_for_whom_they_are(provider: RecordingProvider) -> None:
    person = Person(provider)
    page = await opened(person, '/')
    for is_signed_in in (False, True, False):
        await page.should_see('Leave' if is_signed_in else 'Come in')  # once the page has shown the new cookie
        assert visible(page) == {'Come in': not is_signed_in, 'Leave': is_signed_in}
        if not is_signed_in:
            await person.sign_in('alice')
        else:
            await person.http.post('/end/demo|alice')
        await settle()


def visible(user: User) -> dict[str, bool]:
    """Which of the two buttons can be seen, with all that they are in."""
    assert user.client is not None
    buttons = [element for element in user.client.elements.values() if isinstance(element, ui.button)]
    return {
        button.text: all(one.visible for one in button.ancestors(include_self=True))
        for button in buttons
        if button.text in {'Come in', 'Leave'}
    }


async def test_a_person_renews(alice: Person, clock: FakeClock, provider: RecordingProvider) -> None:
    page, begun = await opened(alice, '/mine'), clock.now()
    await page.should_see(f'active until {begun + 120}')
    await clock.advance(10)
    press(page, 'Renew')
    await page.should_see(f'active until {begun + 130}')
    assert len(provider.secrets['access_token']) == 2


async def test_an_api_is_called_with_the_token_of_the_page(
    alice: Person, provider: RecordingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    (token,) = provider.secrets['access_token']

    def api(request: httpx.Request) -> httpx.Response:
        is_alice = request.headers.get('Authorization') == f'Bearer {token}'
        return httpx.Response(200, text=f'{request.url} {is_alice}')

    monkeypatch.setattr('app.ui.on_page.user_client', partial(user_client, transport=httpx.MockTransport(api)))
    press(await opened(alice, '/mine'), 'Call')
    assert await seen.everywhere('call') == {'call': 'https://api.example.com/numbers True'}


async def test_an_administrator_ends_all_sessions_of_a_person(alice: Person, provider: RecordingProvider) -> None:
    another, bob = await Person.signed_in(provider), await Person.signed_in(provider, 'bob')
    assert (await bob.http.post('/end/demo|alice')).json() == 2
    assert (await bob.http.post('/end/demo|alice')).json() == 0
    assert [await on_plain_page(person) for person in (alice, another, bob)] == [None, None, 'Bob Brown']
    assert (await alice.get('/mine')).status_code == 401


async def test_a_person_ends_what_is_open_elsewhere(alice: Person, provider: RecordingProvider) -> None:
    another, bob = await Person.signed_in(provider), await Person.signed_in(provider, 'bob')
    page = await opened(alice, '/devices')
    await page.should_see('This device')
    press(page, 'Log out everywhere else')
    await page.should_not_see('Log out everywhere else')
    assert [await on_plain_page(person) for person in (alice, another, bob)] == ['Alice Adams', None, 'Bob Brown']


async def test_what_is_kept_for_a_person_goes_with_them(alice: Person, provider: RecordingProvider) -> None:
    assert 'Alice Adams for the 1. time' in (await alice.get('/visits')).text
    another = await Person.signed_in(provider)
    assert 'Alice Adams for the 2. time' in (await another.get('/visits')).text
    await another.sign_in('bob')
    assert 'Bob Brown for the 1. time' in (await another.get('/visits')).text
