"""Renewals by frame of a session that has a refresh token: they ask for no other, and take the one that is there."""

from __future__ import annotations

import logging
from urllib.parse import parse_qs, urlsplit

import pytest

from app.errors import RefreshTokenRefused
from app.oidc.authorization import AuthorizationResponse
from app.renewal.user_agents import UserAgent
from app.sessions.session import Session
from tests.provider import RecordingProvider
from tests.renewal.conftest import SignedIn

WITHOUT = 'openid profile email'
WITH = f'{WITHOUT} offline_access'


@pytest.fixture
def scope() -> str:
    return WITH


class ListeningFrame:
    """A frame that writes down the scopes that it was asked for."""

    def __init__(self, frame: UserAgent) -> None:
        self._frame = frame
        self.scopes: list[str] = []

    async def authorize(self, url: str) -> AuthorizationResponse:
        self.scopes += parse_qs(urlsplit(url).query)['scope']
        return await self._frame.authorize(url)


def live_refresh_tokens(provider: RecordingProvider) -> int:
    """How many refresh tokens the provider would take now."""
    tokens = provider.demo._refresh_tokens
    return sum(tokens.find(token) is not None for token in provider.secrets['refresh_token'])


async def in_doubt(alice: SignedIn) -> Session:
    """Alice's session when the answer to its refresh token was lost."""
    session = alice.session.changed(refresh_in_doubt=True)
    assert await alice.store.replace(alice.session, session)
    return session


async def test_five_renewals_by_frame_leave_one_live_refresh_token(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    frame = ListeningFrame(alice.frame)
    live = alice.live(frame)
    for _ in range(5):
        await live.renew()
    assert live.session.renewals == 5
    assert frame.scopes == [WITHOUT] * 5
    assert live.session.tokens.refresh_token == alice.session.tokens.refresh_token
    assert live.session.granted == set(WITH.split())
    assert live_refresh_tokens(provider) == 1


async def test_the_refresh_token_that_was_kept_renews_when_no_page_is_open(alice: SignedIn) -> None:
    live = alice.live()
    await live.renew()
    live.user_agents.remove(alice.frame)
    assert (await live.renew()).renewed_by == 'refresh_token'
    assert live.session.granted == set(WITH.split())


async def test_a_refresh_token_that_may_be_used_up_is_replaced_by_the_next_frame(alice: SignedIn) -> None:
    live = alice.make(await in_doubt(alice))
    live.user_agents.add(frame := ListeningFrame(alice.frame))
    session = await live.renew()
    assert frame.scopes == [WITH]
    assert session.tokens.refresh_token not in {None, alice.session.tokens.refresh_token}
    assert not session.refresh_in_doubt


async def test_a_refresh_token_that_may_be_used_up_stays_in_doubt_where_the_frame_brings_none(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    provider.change_tokens(scope=WITHOUT, refresh_token=None)
    live = alice.make(await in_doubt(alice))
    live.user_agents.add(alice.frame)
    session = await live.renew()
    assert session.refresh_in_doubt
    assert session.tokens.refresh_token == alice.session.tokens.refresh_token


async def test_a_refresh_token_that_nobody_asked_for_does_not_replace_an_offline_one(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    provider.change_tokens(scope=WITHOUT, refresh_token='ends-with-the-session-at-the-provider')
    session = await alice.live().renew()
    assert session.tokens.refresh_token == alice.session.tokens.refresh_token
    assert session.granted == set(WITH.split())


async def test_what_a_renewal_was_answered_without_is_told_once(
    alice: SignedIn, provider: RecordingProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    live = alice.live()
    for _ in range(3):
        await live.renew()
    provider.change_tokens(scope='openid profile')
    await live.renew()
    told = [message for message in caplog.messages if 'without a scope' in message]
    assert [message.split(': ')[1] for message in told] == ['offline_access', 'email offline_access']
    assert live.session.granted == {'openid', 'profile', 'offline_access'}


async def test_a_refresh_has_the_scope_of_its_refresh_token_not_that_of_the_frame_before_it(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    provider.change_tokens(scope='openid')
    live = alice.live()
    await live.renew()
    assert live.session.granted == {'openid', 'offline_access'}
    provider.change_tokens(scope=None)  # which means the scope that the refresh token has (RFC 6749 §6)
    live.user_agents.remove(alice.frame)
    assert (await live.renew()).granted == set(WITH.split())


async def test_a_session_without_a_refresh_token_asks_for_one(alice: SignedIn, provider: RecordingProvider) -> None:
    provider.answer('/token', {'error': 'invalid_grant'}, 400)
    live = alice.live(methods=('refresh_token',))
    with pytest.raises(RefreshTokenRefused):
        await live.renew()
    provider.behave()
    live = alice.make(live.session)
    live.user_agents.add(frame := ListeningFrame(alice.frame))
    assert (await live.renew()).tokens.refresh_token is not None
    assert frame.scopes == [WITH]
