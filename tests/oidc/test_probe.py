"""The whole answer of a provider."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest

from app.errors import ProviderUnreachable
from app.oidc.http import MAX_DOCUMENT, http_client
from app.oidc.probe import MAX_STEPS, Probe
from tests.clock import START, FakeClock

URL = 'https://login.example.com/authorize'


def probe(*answers: httpx.Response | Exception) -> tuple[Probe, list[httpx.Request]]:
    """One that gets these answers in turn, and what it asked."""
    left, asked = list(answers), list[httpx.Request]()

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Probe(http_client(httpx.MockTransport(handle)), FakeClock()), asked


def redirect(location: str, **headers: str) -> httpx.Response:
    return httpx.Response(302, headers={'Location': location, **headers})


async def test_headers_status_and_moments_are_kept() -> None:
    some, _ = probe(httpx.Response(418, headers=[('X-A', '1'), ('x-a', '2')], json={'a': 1}))
    reply = await some.look('GET', URL)
    assert (reply.status, reply.values('x-a'), reply.document) == (418, ['1', '2'], {'a': 1})
    assert (reply.sent_at, reply.received_at) == (START, START)
    assert some.replies == [reply]


@pytest.mark.parametrize('text', ['', 'no', '[1]', '[' * 100_000])
async def test_what_is_no_json_object_is_no_document(text: str) -> None:
    some, _ = probe(httpx.Response(200, text=text))
    assert (await some.look('GET', URL)).document is None


@pytest.mark.parametrize(
    ('status', 'location', 'target'),
    [
        (302, 'next?a=b', 'https://login.example.com/next?a=b'),
        (303, '//other.example/x', 'https://other.example/x'),
        (307, 'https://[', None),
        (200, 'https://other.example/', None),
        (304, 'https://other.example/', None),
    ],
)
async def test_a_redirect_is_an_absolute_address(status: int, location: str, target: str | None) -> None:
    some, _ = probe(httpx.Response(status, headers={'Location': location}))
    assert (await some.look('GET', URL)).location == target


async def test_a_walk_ends_where_it_would_lead_out() -> None:
    some, asked = probe(redirect('/b'), redirect('https://app.example.com/silent#x'))
    replies = await some.walk(URL, lambda url: 'login' in url)
    assert [request.url.path for request in asked] == ['/authorize', '/b']
    assert replies[-1].location == 'https://app.example.com/silent#x'


async def test_a_walk_that_goes_round_in_circles_ends() -> None:
    some, asked = probe(redirect(URL))
    assert len(await some.walk(URL, lambda _: True)) == len(asked) == MAX_STEPS


async def test_cookies_last_for_one_walk_and_stay_with_their_host() -> None:
    cookie = {'Set-Cookie': 'a=b; Secure; HttpOnly'}
    some, asked = probe(redirect('/b', **cookie), redirect('https://other.example/'), httpx.Response(200))
    await some.walk(URL, lambda _: True)
    await some.walk(URL, lambda _: True)
    assert [request.headers.get('Cookie') for request in asked] == [None, 'a=b', None, None]


async def test_what_is_hidden_is_in_no_reply() -> None:
    some, _ = probe(httpx.Response(302, headers={'Location': '/?secret'}, text='a secret'))
    some.hidden = frozenset({'secret'})
    reply = await some.look('GET', URL)
    assert reply.text == 'a ***'
    assert reply.location == 'https://login.example.com/?***'


async def test_no_more_is_read_than_anybody_needs() -> None:
    async def drip() -> AsyncIterator[bytes]:
        for part in (b'x' * MAX_DOCUMENT, b'y', b'z'):
            yield part

    some, _ = probe(httpx.Response(200, content=drip()), httpx.Response(200, text='short'))
    long, short = await some.look('GET', URL), await some.look('GET', URL)
    assert long.text == 'x' * MAX_DOCUMENT
    assert (long.is_cut, short.is_cut) == (True, False)


async def test_the_doctor_is_not_blown_up_by_a_bomb_either() -> None:
    bomb = gzip.compress(b'x' * 40_000_000)
    some, _ = probe(httpx.Response(200, stream=httpx.ByteStream(bomb), headers={'Content-Encoding': 'gzip'}))
    assert len((await some.look('GET', URL)).text) == MAX_DOCUMENT


@pytest.mark.parametrize('error', [httpx.ConnectError('no route'), httpx.ReadTimeout('slow')])
async def test_no_answer_is_an_error_of_ours(error: Exception) -> None:
    some, _ = probe(error)
    with pytest.raises(ProviderUnreachable):
        await some.look('GET', f'{URL}?code_challenge=x')
    assert not some.replies


@pytest.mark.parametrize('url', ['https://[', 'nonsense', 'https://xn--/'])
async def test_an_address_that_is_none_is_an_error_of_ours_too(url: str) -> None:
    some, _ = probe(httpx.UnsupportedProtocol('nonsense'))
    with pytest.raises(ProviderUnreachable):
        await some.look('GET', url)
