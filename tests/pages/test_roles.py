"""What a role lets somebody do, while they have it."""

from __future__ import annotations

from nicegui import ui
from nicegui.testing import User

from app.errors import SignedOutByAdmin
from tests.pages.conftest import press, tab
from tests.person import Person
from tests.provider import RecordingProvider


async def test_the_profile_shows_roles_and_groups_and_follows_them(alice: Person, provider: RecordingProvider) -> None:
    user = tab(alice)
    await user.open('/profile')
    assert roles(user) == ['admin', 'editor', 'engineering', 'staff']
    provider.demo.take_role('demo|alice')
    press(user, 'renew')
    await user.should_see('Renewed: this session has a new access token.')
    assert roles(user) == ['editor', 'engineering', 'staff']


async def test_who_has_the_role_logs_somebody_out_everywhere(alice: Person, provider: RecordingProvider) -> None:
    bob = await Person.signed_in(provider, 'bob')
    user, theirs = tab(alice), tab(bob)
    await theirs.open('/profile')
    await user.open('/admin')
    user.find(kind=ui.input).type('demo|bob')
    press(user, 'sign-out-everywhere')
    await user.should_see('Sessions ended: 1.')
    await theirs.should_see(SignedOutByAdmin.title)
    assert [await person.name() for person in (alice, bob)] == ['Alice Adams', None]
    await bob.http.aclose()


async def test_when_the_role_is_taken_away_the_open_page_says_so_and_its_button_is_gone(
    alice: Person, provider: RecordingProvider
) -> None:
    user = tab(alice)
    await user.open('/admin')
    provider.demo.take_role('demo|alice')
    press(user, 'renew')
    await user.should_see('You do not have the role admin.')
    await user.should_not_see('Log out everywhere')
    provider.demo.take_role('demo|alice')
    press(user, 'renew')
    await user.should_see('Log out everywhere')


async def test_a_click_that_comes_after_the_role_has_gone_logs_out_nobody(
    alice: Person, provider: RecordingProvider
) -> None:
    """The browser may have sent it before it heard of that."""
    user = tab(alice)
    await user.open('/admin')
    user.find(kind=ui.input).type('demo|alice')
    assert user.client is not None
    (button,) = [one for one in user.client.elements.values() if one.props.get('data-testid') == 'sign-out-everywhere']
    (listener,) = [one for one in button._event_listeners.values() if one.type == 'click']
    provider.demo.take_role('demo|alice')
    press(user, 'renew')
    await user.should_see('You do not have the role admin.')
    assert listener.handler is not None
    with user.client:
        listener.handler(None)
    await user.should_see('This needs the role admin.')
    assert await alice.name() == 'Alice Adams'


def roles(user: User) -> list[str]:
    assert user.client is not None
    labels = [one for one in user.client.elements.values() if isinstance(one, ui.label)]
    return [label.text for label in labels if 'role' in label.classes]
