"""Somebody's app with pages behind guards."""

from __future__ import annotations

import pytest

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
