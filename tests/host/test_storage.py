"""In somebody else's app: what is theirs is left alone."""

from __future__ import annotations

import pytest
from nicegui import app as nicegui_app

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
