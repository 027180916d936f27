"""How much of an answer is read, compressed or not."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from app.errors import (
    ProviderFailed,
    ProviderUnreachable,
)
from app.oidc.http import MAX_ANSWER, ask, http_client
from tests.endless import CHUNK, Endless
from tests.oidc.test_http import URL, answered

# Limits


async def in_parts(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def answered_in_parts(*parts: bytes, encoding: str = 'identity', status: int = 200) -> dict[str, Any]:
    headers = {'Content-Encoding': encoding}
    return await answered(httpx.Response(status, content=in_parts(*parts), headers=headers))


async def test_nothing_compressed_is_asked_for() -> None:
    async def encoding(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={'asked for': request.headers['Accept-Encoding']})

    async with http_client(httpx.MockTransport(encoding)) as client:
        assert await ask(client, 'GET', URL) == {'asked for': 'identity'}


@pytest.mark.parametrize('compress', [gzip.compress, zlib.compress])
@pytest.mark.parametrize('cut', [1, 10, 1000])
async def test_an_answer_that_is_compressed_all_the_same_is_read(compress: Callable[[bytes], bytes], cut: int) -> None:
    name = 'gzip' if compress is gzip.compress else 'deflate'
    body = compress(json.dumps({'name': 'ä' * 1000}).encode())
    assert await answered_in_parts(body[:cut], body[cut:], encoding=name) == {'name': 'ä' * 1000}


@pytest.mark.parametrize(('encoding', 'body'), [('gzip', b'no gzip'), ('br', b'{}'), ('gzip, gzip', b'{}')])
async def test_what_cannot_be_decompressed_is_no_answer(encoding: str, body: bytes) -> None:
    with pytest.raises(ProviderUnreachable, match='DecodingError'):
        await answered_in_parts(body, encoding=encoding)


@pytest.mark.parametrize('status', [200, 400, 503])
async def test_an_answer_without_end_is_a_failure_that_says_so(status: int) -> None:
    body = Endless()
    with pytest.raises(ProviderFailed, match=f'HTTP {status}, larger than {MAX_ANSWER} bytes') as caught:
        await answered(httpx.Response(status, stream=body, headers={'Retry-After': '7'}))
    assert body.read <= MAX_ANSWER + CHUNK
    assert caught.value.retry_after == 7


async def test_an_answer_that_is_just_small_enough_is_read() -> None:
    body = json.dumps({'a': 1}).encode().ljust(MAX_ANSWER)
    assert await answered_in_parts(body[:7], body[7:]) == {'a': 1}
    with pytest.raises(ProviderFailed, match='larger'):
        await answered_in_parts(body, b' ')


@pytest.mark.parametrize('compress', [gzip.compress, zlib.compress])
async def test_a_bomb_is_not_blown_up(compress: Callable[[bytes], bytes]) -> None:
    bomb = compress(b' ' * 40_000_000)
    assert len(bomb) < MAX_ANSWER
    tracemalloc.start()
    try:
        with pytest.raises(ProviderFailed, match='larger'):
            await answered_in_parts(bomb, encoding='gzip' if compress is gzip.compress else 'deflate')
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()
