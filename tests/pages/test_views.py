"""The place where the pages change: paths that are no page, pages that fail, and what follows the path."""

from __future__ import annotations

import pytest
from nicegui import ElementFilter, ui
from nicegui.testing import User

from pages.views import NO_PAGE
from tests.pages.conftest import navigate, press, tab
from tests.person import Person
from tests.provider import RecordingProvider


@pytest.mark.parametrize('path', ['/nowhere', '/session/more', '/nowhere/at/all'])
async def test_a_path_that_is_no_page_is_answered_with_404_and_says_so(alice: Person, path: str) -> None:
    response = await alice.get(path)
    assert response.status_code == 404
    assert 'There is no such page' in response.text


@pytest.mark.parametrize('path', ['/session/', '/session?a=/b/', '/session'])
async def test_a_slash_or_a_query_makes_no_other_page_of_it(alice: Person, path: str) -> None:
    response = await alice.get(path)
    assert response.status_code == 200
    assert 'What happened' in response.text


async def test_a_link_to_no_page_says_so_and_the_next_link_leads_on(alice: Person) -> None:
    user = tab(alice)
    await user.open('/session')
    for path in ('/nowhere', '/session/more'):
        await navigate(user, path)
        await user.should_see('There is no such page')
        await user.should_not_see('What happened')
    await navigate(user, '/session')
    await user.should_see('What happened')
    await user.should_not_see('There is no such page')


async def test_a_path_of_endless_slashes_is_not_looked_for(alice: Person) -> None:
    """The time that NiceGUI takes grows with the square of the length, and nobody else gets an answer meanwhile."""
    user = tab(alice)
    client = await user.open('/session')
    await navigate(user, '/' * 200_000)
    await user.should_see('There is no such page')
    assert client.sub_pages_router.current_path == NO_PAGE
    assert (await alice.get(f'/?q={"/" * 50_000}')).status_code == 404


async def test_a_page_that_fails_says_so_and_shows_nothing_of_why(
    alice: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        ui.label('half of it')
        raise ValueError('a detail that is nobody’s business')

    monkeypatch.setattr('pages.profile.profile', fails)
    user = tab(alice)
    await user.open('/session')
    await navigate(user, '/profile')
    await user.should_see('Something went wrong')
    await user.should_not_see('half of it')
    await user.should_not_see('a detail')
    await navigate(user, '/session')
    await user.should_see('What happened')
    assert 'a detail that is nobody’s business' in caplog.text


async def test_logging_in_again_leads_back_to_the_page_that_is_open_now(
    alice: Person, provider: RecordingProvider
) -> None:
    user = tab(alice)
    await user.open('/session')
    provider.answer('/token', {'error': 'invalid_grant'}, 400)
    press(user, 'renew')
    await user.should_see('Log in again')
    assert 'return_to=%2Fsession' in log_in_again(user)
    await navigate(user, '/profile')
    assert 'return_to=%2Fprofile' in log_in_again(user)


def log_in_again(user: User) -> str:
    """What a click on the button does in the browser."""
    assert user.client is not None
    with user.client:
        (button,) = ElementFilter(kind=ui.button, content='Log in again')
    return ' '.join(str(listener.js_handler) for listener in button._event_listeners.values())
