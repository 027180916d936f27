"""In somebody else's app: what is theirs is left alone."""

from __future__ import annotations

import pytest
from nicegui import app as nicegui_app
from nicegui.testing import User

from tests.person import Person
from tests.provider import RecordingProvider


@pytest.fixture
def script() -> str:
    return """
        import nicegui
        from app import Auth

        auth = Auth()


        @nicegui.ui.page('/')
        def home():
            nicegui.app.storage.user.setdefault('basket', 'a book')


        @nicegui.ui.page('/tab')
        async def tab():
            nicegui.app.storage.general['visits'] = 1
            await nicegui.ui.context.client.connected()
            nicegui.app.storage.tab['note'] = nicegui.app.storage.browser['id']


        nicegui.ui.run(storage_secret='the secret of the host')
        """


@pytest.mark.usefixtures('host')
async def test_the_storage_of_the_host_is_not_touched_by_who_signs_in_and_out(provider: RecordingProvider) -> None:
    person = Person(provider)
    await person.get('/')
    (storage,) = nicegui_app.storage._users.values()
    cookie = person.http.cookies['session']
    for name in ('alice', 'alice', 'bob'):
        await person.sign_in(name)
    assert storage['basket'] == 'a book'
    assert person.http.cookies['session'] == cookie


@pytest.mark.usefixtures('host')
async def test_nor_are_those_of_a_tab_and_of_all(provider: RecordingProvider) -> None:
    person = Person(provider)
    page = User(person.http)
    await page.open('/tab')
    (browser,) = nicegui_app.storage._users
    for name in ('alice', 'alice', 'bob'):
        await person.sign_in(name)
    assert dict(nicegui_app.storage._tabs[page.tab_id]) == {'note': browser}
    assert dict(nicegui_app.storage.general) == {'visits': 1}
    assert list(nicegui_app.storage._users) == [browser]
