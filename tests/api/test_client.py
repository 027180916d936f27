"""Calling an API in a session's name: where the token goes, and when it is renewed."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from app.api.answer import MAX_BODY, REDACTED
from app.api.client import MAX_READ, Api
from app.errors import ApiSlow, ApiUnreachable, InteractionRequired, SettingsError, SilentTimeout, TokenExpired
from app.oidc.http import http_client
from app.renewal.events import ChangedElsewhere
from app.renewal.live_session import LiveSession
from tests.clock import FakeClock
from tests.endless import CHUNK, Endless
from tests.renewal import conftest
from tests.renewal.answers import FailingFrame
from tests.renewal.conftest import SignedIn

alice, scope = conftest.alice, conftest.scope  # a session that can be renewed

URL = 'https://api.example.com/v1'
Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class ScriptedApi:
    """Gives these answers, one after the other and the last one again.

    `requests` are all that were sent anywhere, and `tokens` what each had in its `Authorization` header.
    """

    answers: list[Answer] = field(default_factory=lambda: [httpx.Response(200, json={})])
    requests: list[httpx.Request] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.tokens.append(request.headers.get('Authorization'))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        answer = answer if isinstance(answer, httpx.Response) else answer(request)
        stream = httpx.ByteStream(answer.content) if answer.is_closed else answer.stream  # unread, as a network's is
        return httpx.Response(answer.status_code, headers=answer.headers, stream=stream)

    def says(self, *answers: Answer) -> None:
        self.answers = list(answers)


@pytest.fixture
def scripted() -> ScriptedApi:
    return ScriptedApi()


@pytest.fixture
async def api(scripted: ScriptedApi) -> AsyncIterator[Api]:
    api = Api(URL, httpx.AsyncClient(transport=httpx.MockTransport(scripted.handle)))
    yield api
    await api.close()


@pytest.fixture
def live(alice: SignedIn) -> LiveSession:
    return alice.live()


def refused(*, scope: str | None = None, error: str = 'invalid_token', status: int = 401) -> httpx.Response:
    wanted = f', scope="{scope}"' if scope else ''
    return httpx.Response(status, headers={'WWW-Authenticate': f'Bearer error="{error}"{wanted}'})


def bearer(live: LiveSession) -> str:
    return f'Bearer {live.session.tokens.access_token}'


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


async def test_an_error_that_quotes_the_token_does_not_bring_it_to_the_log(
    api: Api, scripted: ScriptedApi, live: LiveSession
) -> None:
    scripted.says(httpx.LocalProtocolError(f'illegal header value {bearer(live)}'))
    with pytest.raises(ApiUnreachable, match='illegal header value') as raised:
        await api.call(live, 'GET', '/private')
    assert live.session.tokens.access_token not in str(raised.value)
    assert raised.value.__cause__ is None


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
