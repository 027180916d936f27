"""What a page can tell of its session: the token's times, the next renewal, and what happened so far."""

from __future__ import annotations

import pytest
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from tests.clock import START
from tests.host import seen
from tests.person import Person
from tests.provider import RecordingProvider


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv('OIDC_SCOPE', 'openid profile offline_access')
    monkeypatch.setenv('STAY_SIGNED_IN_RENEWAL', 'refresh_token')
    return """
        from nicegui import ui
        from app import Auth
        from tests.host.seen import note

        auth = Auth()


        @auth.page('/')
        def home():
            label = ui.label()

            def tell():
                user = auth.user
                token = user.issued_token
                happened = ' '.join(entry.kind for entry in user.history)
                label.set_text(f'{happened}; {token.number} by {token.renewed_by}')
                note('times', f'{token.lifetime} {user.expires_at} {user.next_renewal}')

            auth.on_change(tell)
            ui.button('Renew', on_click=auth.renew)


        ui.run()
        """


async def test_a_page_can_tell_what_happened_and_what_comes(host: User, provider: RecordingProvider) -> None:
    provider.token_lifetime = 600
    page = User((await Person.signed_in(provider)).http)
    await page.open('/')
    await page.should_see('signed-in; 0 by None')
    assert seen.names['times'] == f'600.0 {START + 600} {START + 540}'
    UserInteraction(page, page.find('Renew').elements, None).click()
    await page.should_see('signed-in renewed; 1 by refresh_token')
