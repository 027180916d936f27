"""What the package itself says in somebody's app, to a browser that asks for German."""

from __future__ import annotations

import pytest

from tests.clock import FakeClock, settle
from tests.host.conftest import opened, press
from tests.person import Person
from tests.provider import RecordingProvider

GERMAN = {'Accept-Language': 'de-AT,de;q=0.9,en;q=0.5'}


@pytest.fixture
def script() -> str:
    return """
        from nicegui import ui

        from app import Auth

        auth = Auth(ui_language='auto', session_max=3600)


        @auth.page('/private')
        def private():
            ui.label('Nobody else sees this')
            auth.logout_button()
            auth.devices()


        @auth.page('/owners', role='owner')
        def owners():
            ui.label('The numbers')


        @auth.page('/open', optional=True)
        def everybody():
            auth.login_button()
            ui.button('Delete', on_click=delete)


        @auth.require(role='owner')
        def delete():
            ui.notify('Deleted')


        ui.run()
    """


def speaking_german(person: Person) -> Person:
    person.http.headers.update(GERMAN)
    return person


@pytest.mark.usefixtures('host')
@pytest.mark.parametrize('path', ['/login', '/signed-in', '/silent'])
async def test_a_static_page(provider: RecordingProvider, path: str) -> None:
    person, other = speaking_german(Person(provider)), Person(provider)
    headers = {'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Mode': 'navigate'}
    german = (await person.http.get(path, headers=headers)).text
    english = (await other.http.get(path, headers=headers)).text
    assert ('lang="de"' in german, 'lang="en"' in english) == (True, True)
    assert '[[' not in german + english


@pytest.mark.usefixtures('host')
async def test_a_small_page_is_marked_as_german(provider: RecordingProvider) -> None:
    person = speaking_german(await Person.signed_in(provider))
    answer = await person.http.get('/owners')
    assert answer.status_code == 403
    assert '<html lang="de">' in answer.text
    page = await opened(person, '/logout')
    await page.should_see('Abmelden?')
    failed = await person.http.get('/callback')
    assert 'Die Antwort des Anmeldedienstes ergibt keinen Sinn' in failed.text
    assert 'The answer of the sign-in service' not in failed.text


@pytest.mark.usefixtures('host')
async def test_the_devices_and_a_guard(provider: RecordingProvider) -> None:
    person = speaking_german(await Person.signed_in(provider))
    page = await opened(person, '/private')
    await page.should_see('Dieses Gerät')
    await page.should_see('Jetzt aktiv')
    await page.should_see('Angemeldet: gerade eben')
    page = await opened(person, '/open')
    press(page, 'Delete')
    await page.should_see('Hierfür fehlt Ihnen: die Rolle owner.')


@pytest.mark.usefixtures('host')
async def test_each_open_page_is_told_in_its_own_language_of_an_end_that_another_began(
    provider: RecordingProvider, clock: FakeClock
) -> None:
    person = await Person.signed_in(provider)
    english = await opened(person, '/private')
    german = await opened(speaking_german(person), '/private')
    await english.should_see('This device')
    await german.should_see('Dieses Gerät')
    await clock.advance(3601)
    await settle()
    await german.should_see('Sie wurden abgemeldet, da Ihre Sitzung so lange gedauert hat, wie sie darf')
    await english.should_see('You were logged out, since your session lasted as long as it may')
