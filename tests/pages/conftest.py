"""A person's tabs, in this process and without a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from tests.clock import settle
from tests.person import Person
from tests.provider import RecordingProvider

SCOPE = 'openid profile email offline_access read:messages write:messages'


@pytest.fixture
def scope(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody may see all pages, and is renewed by refresh token, since there is no browser with a frame."""
    monkeypatch.setenv('OIDC_SCOPE', SCOPE)
    monkeypatch.setenv('RENEWAL', 'refresh_token')


@pytest.fixture
async def alice(scope: None, app: None, provider: RecordingProvider) -> AsyncIterator[Person]:
    """Alice's browser, signed in."""
    person = await Person.signed_in(provider)
    yield person
    await person.http.aclose()


def tab(person: Person) -> User:
    """One more tab of the person's browser."""
    return User(person.http)


def press(user: User, test_id: str) -> None:
    """Click the button with this test ID."""
    assert user.client is not None
    (button,) = [one for one in user.client.elements.values() if one.props.get('data-testid') == test_id]
    UserInteraction(user, {button}, None).click()


async def navigate(user: User, path: str) -> None:
    """Click a link."""
    await user.navigate._open(path, clear_forward_history=True)
    await settle()
