"""What goes over the websocket when something changes: what is shown of it, to those who show it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from nicegui import Client, ui
from nicegui.testing import User

from app.ui.present import page_of
from tests.clock import settle
from tests.pages.conftest import navigate, press, tab
from tests.person import Person


@dataclass
class Sent:
    """What the outbox of one client is given from now on: elements, and the types of other messages."""

    elements: list[ui.element] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def outside_of(self, test_id: str) -> list[ui.element]:
        """The elements that are neither in the one with this test ID nor that element itself."""
        return [element for element in self.elements if not _is_within(element, test_id)]

    def kinds(self) -> set[str]:
        return {type(element).__name__ for element in self.elements}


def _is_within(element: ui.element, test_id: str) -> bool:
    return any(one.props.get('data-testid') == test_id for one in (element, *element.ancestors()))


def record(client: Client, monkeypatch: pytest.MonkeyPatch) -> Sent:
    sent = Sent()
    outbox = client.outbox
    for name in ('enqueue_update', 'enqueue_delete'):
        monkeypatch.setattr(outbox, name, lambda element: sent.elements.append(element))
    monkeypatch.setattr(outbox, 'enqueue_message', lambda kind, *_: sent.messages.append(kind))
    return sent


async def watched(person: Person, path: str, monkeypatch: pytest.MonkeyPatch) -> tuple[User, Sent]:
    """A tab that shows this page, and what is sent to it from now on."""
    user = tab(person)
    client = await user.open(path)
    await settle()
    if path == '/profile':
        await user.should_see('This device')  # which is looked up meanwhile
    return user, record(client, monkeypatch)


@pytest.mark.parametrize('path', ['/', '/profile', '/session', '/api', '/admin'])
async def test_a_change_that_concerns_nothing_on_the_page_sends_nothing(
    alice: Person, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    user, sent = await watched(alice, path, monkeypatch)
    assert user.client is not None
    page = page_of(user.client)
    assert page is not None
    assert page.tab is not None
    page.tab.live_session.changed.emit()
    await settle()
    assert sent == Sent()


async def test_a_tab_that_comes_and_goes_elsewhere_sends_the_others_their_list_of_tabs_and_nothing_else(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, sent = await watched(alice, '/session', monkeypatch)
    second = tab(alice)
    await second.open('/profile')
    await settle()
    assert sent.elements
    sent.elements.clear()
    await navigate(second, '/')
    assert [element for element in sent.elements if isinstance(element, ui.label) and element.text == '/']
    assert not sent.outside_of('tabs')
    assert not sent.messages


async def test_a_renewal_sends_what_it_has_changed(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    user, sent = await watched(alice, '/session', monkeypatch)
    press(user, 'renew-now')
    await user.should_see('The last renewal went with the refresh token.')
    assert {'EChart', 'Ring', 'Countdown'} <= sent.kinds()
    assert not [element for element in sent.elements if _is_within(element, 'tabs')]


async def test_what_shows_no_session_is_left_alone_by_a_renewal(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    user, sent = await watched(alice, '/profile', monkeypatch)
    press(user, 'renew')
    await user.should_see('Renewed: this session has a new access token.')
    assert {element.props.get('data-testid') for element in sent.elements} <= {'session-state', None}
    assert sent.kinds() <= {'Label', 'Icon'}
