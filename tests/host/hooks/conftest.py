"""An app with hooks, and what is known of the people in it."""

from __future__ import annotations

import pytest

from app.sessions.session import Session
from tests.clock import settle
from tests.host import hooked
from tests.provider import RecordingProvider


@pytest.fixture
def script() -> str:
    return """
        from nicegui import ui
        from app import Auth
        from tests.host import hooked

        auth = Auth(session_idle=600)
        hooked.begin(auth)


        @auth.on_login
        async def login(person):
            hooked.tell('login', person.sub.removeprefix('demo|'), str(auth.user))
            returned = hooked.login(person)
            return await returned if hasattr(returned, '__await__') else returned


        @auth.on_renewal
        async def renewal(person):
            hooked.tell('renewal', person.sub.removeprefix('demo|'), str(auth.user))


        @auth.on_logout
        def logout(person, reason):
            hooked.tell('logout', person.sub.removeprefix('demo|'), person.claims['name'], reason)


        @auth.page('/', optional=True)
        def home():
            ui.label(f'Hello {auth.user.name}' if auth.user else 'Hello stranger')
            if auth.user:
                ui.label(f'roles: {sorted(auth.user.roles)}')


        @auth.page('/inside')
        def inside():
            ui.label(f'Inside {auth.user.name}')


        ui.run()
        """


async def sessions(name: str, provider: RecordingProvider) -> list[Session]:
    """Those of this person that are alive."""
    return await hooked.auth.context.store.sessions_of(provider.issuer, f'demo|{name}')


async def ended(reason: str) -> None:
    """It was told so, and nothing else."""
    await hooked.until('logout', 'alice', 'Alice Adams', reason)
    await settle()
    assert [words for words in hooked.told if words[0] == 'logout'] == [('logout', 'alice', 'Alice Adams', reason)]
