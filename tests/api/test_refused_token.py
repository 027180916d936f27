"""What becomes of a token that has expired, or that the API refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.api.client import Api
from app.errors import InteractionRequired, SilentTimeout, TokenExpired
from app.renewal.events import ChangedElsewhere
from app.renewal.live_session import LiveSession
from tests.api.conftest import ScriptedApi, bearer, refused
from tests.clock import FakeClock
from tests.endless import Endless
from tests.renewal.answers import FailingFrame
from tests.renewal.conftest import SignedIn


async def test_an_expired_token_is_renewed_first(
    api: Api, scripted: ScriptedApi, live: LiveSession, clock: FakeClock
) -> None:
    old = bearer(live)
    await clock.advance(121)
    answer = await api.call(live, 'GET', '/private')
    assert answer.renewal == 'first'
    assert scripted.tokens == [bearer(live)]
    assert bearer(live) != old


async def test_a_refused_token_is_renewed_and_the_call_repeated(
    api: Api, scripted: ScriptedApi, live: LiveSession
) -> None:
    old = bearer(live)
    scripted.says(refused(), httpx.Response(200, json={}))
    answer = await api.call(live, 'POST', '/messages', json={'text': 'once more'})
    assert (answer.status, answer.renewal) == (200, 'repeated')
    assert scripted.tokens == [old, bearer(live)]
    assert {request.content for request in scripted.requests} == {b'{"text":"once more"}'}
    assert live.session.renewals == 1


async def test_a_refusal_without_end_is_not_read_before_the_call_is_repeated(
    api: Api, scripted: ScriptedApi, live: LiveSession
) -> None:
    body = Endless()
    scripted.says(lambda _: httpx.Response(401, stream=body), httpx.Response(200, json={}))
    answer = await api.call(live, 'GET', '/private')
    assert (answer.status, answer.renewal) == (200, 'repeated')
    assert (body.read, body.is_closed) == (0, True)  # or its connection would never be free for another call


async def test_a_token_that_stays_refused_is_renewed_once_only(
    api: Api, scripted: ScriptedApi, live: LiveSession
) -> None:
    scripted.says(refused())
    answer = await api.call(live, 'GET', '/private')
    assert len(scripted.requests) == 2
    assert live.session.renewals == 1
    assert 'OIDC_AUDIENCE' in answer.in_words()


async def test_a_token_that_somebody_else_renewed_meanwhile_is_not_renewed_again(
    api: Api, scripted: ScriptedApi, live: LiveSession
) -> None:
    def refuse_what_is_old_by_now(_: httpx.Request) -> httpx.Response:
        session = live.session
        live.send(ChangedElsewhere(session.changed(tokens=replace(session.tokens, access_token='newer'))))
        return refused()

    scripted.says(refuse_what_is_old_by_now, httpx.Response(200, json={}))
    answer = await api.call(live, 'GET', '/private')
    assert (answer.status, answer.renewal) == (200, 'repeated')
    assert scripted.tokens[1] == 'Bearer newer'
    assert live.session.renewals == 0


async def test_a_refused_token_that_cannot_be_renewed_is_said(api: Api, scripted: ScriptedApi, alice: SignedIn) -> None:
    scripted.says(refused())
    answer = await api.call(alice.live(FailingFrame(InteractionRequired())), 'GET', '/private')
    assert (answer.status, answer.renewal) == (401, 'failed')
    assert answer.in_words().startswith('Please log in again.')
    assert len(scripted.requests) == 1


@pytest.mark.parametrize(
    ('cause', 'error'), [(SilentTimeout, TokenExpired), (InteractionRequired, InteractionRequired)]
)
async def test_no_call_is_made_with_an_expired_token(
    api: Api, scripted: ScriptedApi, alice: SignedIn, clock: FakeClock, cause: Any, error: Any
) -> None:
    live = alice.live(FailingFrame(cause()))
    await clock.advance(121)
    with pytest.raises(error):
        await api.call(live, 'GET', '/private')
    assert scripted.requests == []


async def test_a_public_call_that_wants_a_token_renews_nothing(
    api: Api, scripted: ScriptedApi, live: LiveSession
) -> None:
    scripted.says(refused())
    answer = await api.call(live, 'GET', '/public', with_token=False)
    assert live.session.renewals == 0
    assert answer.in_words() == 'The API wants an access token, even here.'
