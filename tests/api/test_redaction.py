"""The access token is shown nowhere, whatever the API does with it."""

from __future__ import annotations

import json
from urllib.parse import quote

import httpx
import pytest

from app.api.answer import REDACTED
from app.api.client import MAX_READ, Api
from app.errors import ApiUnreachable
from app.renewal.live_session import LiveSession
from tests.api.conftest import ScriptedApi, bearer


async def test_an_error_that_quotes_the_token_does_not_bring_it_to_the_log(
    api: Api, scripted: ScriptedApi, live: LiveSession
) -> None:
    scripted.says(httpx.LocalProtocolError(f'illegal header value {bearer(live)}'))
    with pytest.raises(ApiUnreachable, match='illegal header value') as raised:
        await api.call(live, 'GET', '/private')
    assert live.session.tokens.access_token not in str(raised.value)
    assert raised.value.__cause__ is None


def echoes(token: str) -> dict[str, bytes]:
    """Bodies in which the token is, in one form or another."""
    padding = 'x' * (MAX_READ - len(token) // 2)
    many = ' '.join([token] * (MAX_READ // len(token) + 2))
    return {
        'plain': f'Bearer {token}'.encode(),
        'json': json.dumps({'headers': {'authorization': f'Bearer {token}'}}).encode(),
        'escaped': json.dumps({'token': token}).replace('e', '\\u0065').encode(),
        'in a URL': quote(token, safe='').encode(),
        'utf-16': token.encode('utf-16'),
        'at the cut': (padding + token).encode(),
        'many times over the cut': many.encode(),
    }


@pytest.mark.parametrize('form', echoes('token'))
async def test_an_echoed_token_is_redacted(api: Api, scripted: ScriptedApi, live: LiveSession, form: str) -> None:
    token = live.session.tokens.access_token
    charset = 'utf-16' if form == 'utf-16' else 'utf-8'
    scripted.says(
        httpx.Response(
            200, content=echoes(token)[form], headers={'Content-Type': f'application/json; charset={charset}'}
        )
    )
    answer = await api.call(live, 'GET', '/private')
    assert token[:20] not in repr(answer)
    if 'cut' not in form:
        assert REDACTED in answer.body


async def test_a_token_in_a_header_is_redacted(api: Api, scripted: ScriptedApi, live: LiveSession) -> None:
    headers = {
        'WWW-Authenticate': f'Bearer error_description="{bearer(live)} is bad"',
        'Content-Type': 'text/x',
    }
    scripted.says(httpx.Response(403, headers={**headers, 'Content-Type': live.session.tokens.access_token}))
    answer = await api.call(live, 'GET', '/private')
    assert answer.challenge.description == f'Bearer {REDACTED} is bad'
    assert live.session.tokens.access_token[:20] not in repr(answer)


async def test_a_public_answer_that_knows_the_token_does_not_show_it(
    api: Api, scripted: ScriptedApi, live: LiveSession
) -> None:
    scripted.says(httpx.Response(200, text=live.session.tokens.access_token))
    assert (await api.call(live, 'GET', '/public', with_token=False)).body == REDACTED
