"""The state in the bar: a text for people, an attribute for tools."""

from __future__ import annotations

from typing import Any

import pytest
from nicegui.testing import User

from tests.clock import FakeClock
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


@pytest.mark.parametrize(
    ('status', 'body', 'headers'),
    [
        pytest.param(503, '', {}, id='a bad moment'),
        pytest.param(503, '', {'Retry-After': '3600'}, id='nothing to be asked for an hour'),
        pytest.param(400, '<html>', {}, id='whatever that means'),
        pytest.param(401, {'error': 'invalid_client'}, {}, id='a fault of ours'),
        pytest.param(400, {'error': 'invalid_request', 'error_description': 'session not found'}, {}, id='refused'),
    ],
)
async def test_once_the_token_has_expired_there_is_always_a_button(
    alice: Person, provider: RecordingProvider, clock: FakeClock, status: int, body: Any, headers: dict[str, str]
) -> None:
    user = tab(alice)
    await user.open('/')
    provider.answer('/token', body, status, **headers)
    await clock.advance(provider.token_lifetime + 1)
    await user.should_see('Log in again')
    await user.should_not_see('You are still logged in')


async def test_while_the_token_serves_nobody_is_asked_to_sign_in(
    alice: Person, provider: RecordingProvider, clock: FakeClock
) -> None:
    user = tab(alice)
    await user.open('/')
    provider.answer('/token', status=503)
    await clock.advance(provider.token_lifetime - 1)
    await user.should_see('You are still logged in')
    await user.should_not_see('Log in again')
