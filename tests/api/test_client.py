"""Calling an API in a session's name: where the token goes, and when it is renewed."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.api.answer import MAX_BODY
from app.api.client import MAX_READ, Api
from app.errors import ApiSlow, ApiUnreachable, SettingsError
from app.oidc.http import http_client
from app.renewal.live_session import LiveSession
from tests.api.conftest import URL, ScriptedApi, bearer
from tests.clock import FakeClock
from tests.endless import CHUNK, Endless


async def test_the_token_goes_to_the_api(api: Api, scripted: ScriptedApi, live: LiveSession) -> None:
    scripted.says(httpx.Response(200, json={'b': [1], 'ä': 'ö'}))
    answer = await api.call(live, 'GET', '/private')
    assert [str(request.url) for request in scripted.requests] == [f'{URL}/private']
    assert scripted.tokens == [bearer(live)]
    assert (answer.status, answer.heading, answer.renewal) == (200, '200 OK', 'none')
    assert answer.body == '{\n  "b": [\n    1\n  ],\n  "ä": "ö"\n}'
    assert answer.in_words() == 'It worked.'


async def test_a_public_call_has_no_token(api: Api, scripted: ScriptedApi, live: LiveSession, clock: FakeClock) -> None:
    await clock.advance(200)
    await api.call(live, 'GET', '/public', with_token=False)
    assert scripted.tokens == [None]
    assert live.session.renewals == 0


async def test_what_is_posted_is_json(api: Api, scripted: ScriptedApi, live: LiveSession) -> None:
    scripted.says(httpx.Response(201, json={}))
    answer = await api.call(live, 'POST', '/messages', json={'text': 'ÄÖÜ'})
    assert json.loads(scripted.requests[0].content) == {'text': 'ÄÖÜ'}
    assert answer.in_words() == 'It worked: something new was made.'


@pytest.mark.parametrize(
    'path',
    [
        'private',
        '',
        '@evil.example/',
        '.evil.example/',
        ':8443/private',
        'https://evil.example/',
        '//../../v2/private',
        '/../private',
        '/../../private',
        '/..',
    ],
)
async def test_a_path_cannot_leave_the_api(api: Api, scripted: ScriptedApi, live: LiveSession, path: str) -> None:
    with pytest.raises(ValueError, match='leads away'):
        await api.call(live, 'GET', path)
    assert scripted.requests == []


@pytest.mark.parametrize('path', ['@evil.example/', '.evil.example/', 'private', ':8443/', '@evil.example:443/'])
async def test_a_path_cannot_leave_an_api_that_is_a_whole_origin(
    scripted: ScriptedApi, live: LiveSession, path: str
) -> None:
    api = Api('https://api.example.com', httpx.AsyncClient(transport=httpx.MockTransport(scripted.handle)))
    with pytest.raises(ValueError, match='leads away'):
        await api.call(live, 'GET', path)
    assert scripted.requests == []
    await api.close()


@pytest.mark.parametrize('path', ['//evil.example/', '/\\evil.example', '/%2e%2e/x', '/@evil.example', '/?next=//evil'])
async def test_a_strange_path_stays_at_the_api(api: Api, scripted: ScriptedApi, live: LiveSession, path: str) -> None:
    await api.call(live, 'GET', path)
    (request,) = scripted.requests
    assert str(request.url) == f'https://api.example.com/v1{path}'


@pytest.mark.parametrize('status', [301, 302, 303, 307, 308])
@pytest.mark.parametrize('target', ['https://evil.example/', f'{URL}/elsewhere', 'http://api.example.com/v1/private'])
async def test_a_redirect_is_not_followed(
    api: Api, scripted: ScriptedApi, live: LiveSession, status: int, target: str
) -> None:
    scripted.says(httpx.Response(status, headers={'Location': target}))
    answer = await api.call(live, 'GET', '/private')
    assert [request.url.host for request in scripted.requests] == ['api.example.com']
    assert len(scripted.requests) == 1
    assert 'not followed' in answer.in_words()


async def test_even_a_client_that_follows_redirects_does_not_follow_this_one(
    scripted: ScriptedApi, live: LiveSession
) -> None:
    http = httpx.AsyncClient(transport=httpx.MockTransport(scripted.handle), follow_redirects=True)
    scripted.says(httpx.Response(307, headers={'Location': 'https://evil.example/'}))
    await Api(URL, http).call(live, 'GET', '/private')
    assert [request.url.host for request in scripted.requests] == ['api.example.com']
    await http.aclose()


@pytest.mark.parametrize(
    ('cause', 'error'),
    [
        (httpx.ConnectError('refused'), ApiUnreachable),
        (httpx.ReadError(''), ApiUnreachable),
        (httpx.RemoteProtocolError('garbage'), ApiUnreachable),
        (httpx.ConnectTimeout(''), ApiUnreachable),
        (httpx.PoolTimeout(''), ApiUnreachable),
        (httpx.WriteTimeout(''), ApiSlow),
        (httpx.ReadTimeout(''), ApiSlow),
    ],
)
async def test_no_answer_is_an_error_that_says_so(
    api: Api, scripted: ScriptedApi, live: LiveSession, cause: Exception, error: Any
) -> None:
    scripted.says(cause)
    with pytest.raises(error):
        await api.call(live, 'GET', '/private')


def test_an_address_that_can_be_no_url_stops_the_start() -> None:
    with pytest.raises(SettingsError, match=r'^API_URL: '):
        Api('https://xn--\u00fc\u00fc..example', http_client())


async def test_an_answer_that_drips_for_ever_is_given_up(
    api: Api, scripted: ScriptedApi, live: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def drip() -> AsyncIterator[bytes]:
        yield b'{'
        await asyncio.Event().wait()

    monkeypatch.setattr('app.api.client.DEADLINE', 0.01)
    scripted.says(httpx.Response(200, content=drip()))
    with pytest.raises(ApiSlow):
        await api.call(live, 'GET', '/private')


async def test_a_long_answer_is_cut_and_not_read_to_its_end(api: Api, scripted: ScriptedApi, live: LiveSession) -> None:
    body = Endless()
    scripted.says(httpx.Response(200, stream=body))
    answer = await api.call(live, 'GET', '/private')
    assert (len(answer.body), answer.is_cut) == (MAX_BODY, True)
    assert body.read <= MAX_READ + CHUNK


async def test_an_answer_that_is_a_bomb_is_cut(api: Api, scripted: ScriptedApi, live: LiveSession) -> None:
    bomb = httpx.ByteStream(gzip.compress(b'a' * 40_000_000))
    scripted.says(lambda _: httpx.Response(200, stream=bomb, headers={'Content-Encoding': 'gzip'}))
    answer = await api.call(live, 'GET', '/private')
    assert (len(answer.body), answer.is_cut) == (MAX_BODY, True)


@pytest.mark.parametrize(
    ('content', 'kind'),
    [
        (b'\xff\xfe\x00', 'application/json'),
        (b'[' * 5000, 'application/json'),
        (b'"\\ud800"', 'application/json'),
        (b'9' * 5000, 'application/json'),
        (b'<script>', 'text/html; charset=base64'),
        (b'<script>', 'text/html; charset=nonsense'),
        (b'', ''),
    ],
)
async def test_a_strange_body_can_be_shown(
    api: Api, scripted: ScriptedApi, live: LiveSession, content: bytes, kind: str
) -> None:
    scripted.says(httpx.Response(200, content=content, headers={'Content-Type': kind}))
    answer = await api.call(live, 'GET', '/private')
    answer.body.encode()
    assert answer.in_words()
