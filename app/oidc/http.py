"""Asking a provider over HTTP: with limits, without cookies, and with every failure as one of our errors."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable, Coroutine
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Generic, TypeVar

import httpx

from ..error_codes import from_provider
from ..errors import AppError, ProviderFailed, ProviderUnreachable
from .id_token import replace_surrogates

TIMEOUT = httpx.Timeout(10, connect=5)  # seconds, for each step of a request
DEADLINE = 30.0  # seconds, for a whole request, however slowly it drips

# Bytes that are read, after decompression. The largest of the well-known discovery documents and key sets have some
# 20 kB, and a token answer with a hundred groups in it 10 kB; half a megabyte of the worst JSON blocks for 0.1 s.
MAX_DOCUMENT = 512 * 1024  # of a discovery document, or a key set
MAX_ANSWER = 256 * 1024  # of the token and the userinfo endpoint


def http_client(transport: httpx.AsyncBaseTransport | None = None, *, trust_env: bool = True) -> httpx.AsyncClient:
    """Make a client that keeps no cookies, which would be shared by all people, and asks for nothing compressed."""
    jar = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(
        timeout=TIMEOUT, cookies=jar, transport=transport, trust_env=trust_env, headers={'Accept-Encoding': 'identity'}
    )


def in_process_client(app: Callable[..., Awaitable[None]]) -> httpx.AsyncClient:
    """A client that asks an ASGI app in this process instead of the network."""
    return http_client(httpx.ASGITransport(app), trust_env=False)


async def ask(
    client: httpx.AsyncClient, method: str, url: str, *, limit: int = MAX_ANSWER, **options: Any
) -> dict[str, Any]:
    """The JSON object that the provider answers with, if it has no more than `limit` bytes.

    Raises `ProviderUnreachable`, `ProviderFailed` (5xx, 429, a redirect, no JSON object, one that is too large), or the
    error that the answer's `error` stands for (RFC 6749 §5.2).
    """
    response, content, is_cut = await _answer(client, method, url, limit, options)
    detail = f'{method} {bare(url)}: HTTP {response.status_code}'
    if is_cut:
        raise ProviderFailed(f'{detail}, larger than {limit} bytes', retry_after=_retry_after(response))
    document = _json_object(content)
    if response.is_success and document is not None:
        return document
    raise _failure(response, document, detail)


async def tell(client: httpx.AsyncClient, method: str, url: str, **options: Any) -> None:
    """Ask for something whose answer need not say more than that it was done.

    Raises what `ask` raises where it was not.
    """
    response, content, _ = await _answer(client, method, url, MAX_ANSWER, options)
    if not response.is_success:
        raise _failure(response, _json_object(content), f'{method} {bare(url)}: HTTP {response.status_code}')


async def _answer(
    client: httpx.AsyncClient, method: str, url: str, limit: int, options: dict[str, Any]
) -> tuple[httpx.Response, bytes, bool]:
    """The response, what was read of its body, and whether that goes on."""
    try:
        async with asyncio.timeout(DEADLINE), client.stream(method, url, **options) as response:
            return response, *await read(response, limit)
    except (httpx.RequestError, httpx.InvalidURL, UnicodeError, TimeoutError) as error:
        raise ProviderUnreachable(f'{method} {bare(url)}: {type(error).__name__} {error}'.rstrip()) from error


async def read(response: httpx.Response, limit: int) -> tuple[bytes, bool]:
    """The body, decompressed, and whether it goes on after the `limit` of bytes at which reading stops.

    httpx itself decompresses whatever it receives at once, a thousandfold if need be. Some servers compress although
    they were asked not to: gzip and deflate are read, for others `httpx.DecodingError` is raised.
    """
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise TypeError('the response is not that of an asynchronous client')
    content = bytearray()
    async for chunk in response.stream:
        content += chunk
        if len(content) > limit:
            break
    encoding = response.headers.get('Content-Encoding', 'identity').strip().lower()
    if encoding in {'gzip', 'x-gzip', 'deflate'}:
        try:
            content = bytearray(zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(content, limit + 1))
        except zlib.error as error:
            raise httpx.DecodingError(str(error)) from error
    elif encoding not in {'identity', ''}:
        raise httpx.DecodingError(f'it is compressed by {encoding[:50]!r}')
    return bytes(content[:limit]), len(content) > limit


def _failure(response: httpx.Response, document: dict[str, Any] | None, detail: str) -> AppError:
    if response.status_code >= 500 or response.status_code == 429:
        return ProviderFailed(detail, retry_after=_retry_after(response))
    error = document.get('error') if document else None
    if isinstance(error, str):
        description = document.get('error_description') if document else None
        return from_provider(error, description if isinstance(description, str) else '')
    return ProviderFailed(f'{detail}, no usable JSON')


def _json_object(content: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(content)
        return replace_surrogates(document) if isinstance(document, dict) else None
    except (ValueError, RecursionError):
        return None


def _retry_after(response: httpx.Response) -> float:
    """Seconds, from either form of the header (RFC 9110 §10.2.3)."""
    value = response.headers.get('Retry-After', '')
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - _date(response))
    except (ValueError, OverflowError):
        return 0.0


def _date(response: httpx.Response) -> float:
    """The moment the provider's own clock says it answered."""
    return parsedate_to_datetime(response.headers.get('Date', '')).timestamp()


def bare(url: str) -> str:
    """The URL without its query, which is nothing for a log."""
    return url.split('?', 1)[0]


T = TypeVar('T')


class SingleFlight(Generic[T]):
    """Whoever asks while the call is under way shares its outcome, a failure too; the next one makes a new call."""

    def __init__(self, call: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._call = call
        self._task: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        if self._task is None:
            self._task = asyncio.create_task(self._call())
            self._task.add_done_callback(self._done)
        return await asyncio.shield(self._task)

    def _done(self, task: asyncio.Task[T]) -> None:
        self._task = None
        if not task.cancelled():
            task.exception()  # whoever waits is told; if nobody does any more, nobody misses it
