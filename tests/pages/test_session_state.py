"""The state in the bar: a text for people, an attribute for tools."""

from __future__ import annotations

from nicegui.testing import User

from tests.pages.conftest import press, tab
from tests.person import Person
from tests.provider import RecordingProvider


def state(user: User) -> str:
    assert user.client is not None
    (chip,) = [one for one in user.client.elements.values() if one.props.get('data-testid') == 'session-state']
    return str(chip.props['data-state'])


async def test_the_state_is_an_attribute_that_follows_the_session(alice: Person, provider: RecordingProvider) -> None:
    user = tab(alice)
    await user.open('/')
    assert state(user) == 'active'
    provider.answer('/token', {'error': 'invalid_grant'}, 400)
    press(user, 'renew')
    await user.should_see('Log in again')
    assert state(user) == 'sign-in-needed'


async def test_a_visitor_is_signed_out(app: None, provider: RecordingProvider) -> None:
    user = tab(Person(provider))
    await user.open('/')
    assert state(user) == 'signed-out'
