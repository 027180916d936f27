"""Asking a provider over HTTP: with limits, without cookies, and with every failure as one of our errors."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Coroutine
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Generic, TypeVar

import httpx

from ...errors import ProviderFailed, ProviderUnreachable
from ..endpoints.answer import Answer, Refusal, retry_after
from ..metadata import ContradictsMetadata
from .tls import TlsFiles as TlsFiles

TIMEOUT = httpx.Timeout(10, connect=5)  # seconds, for each step of a request
DEADLINE = 30.0  # seconds, for a whole request, however slowly it drips

# Bytes that are read, after decompression. The largest of the well-known discovery documents and key sets have some
# 20 kB, and a token answer with a hundred groups in it 10 kB; half a megabyte of the worst JSON blocks for 0.1 s.
MAX_DOCUMENT = 512 * 1024  # of a discovery document, or a key set
MAX_ANSWER = 256 * 1024  # of the token and the userinfo endpoint


class EndpointUnreachable(ProviderUnreachable, ContradictsMetadata):
    """No connection: nothing was sent. The name may be gone, or nobody listens there any more."""


def http_client(
    transport: httpx.AsyncBaseTransport | None = None, *, trust_env: bool = True, tls: TlsFiles | None = None
) -> httpx.AsyncClient:
    """Make a client that keeps no cookies, which would be shared by all people, and asks for nothing compressed.

    `tls` are the files that its connections need; raises `SettingsError` if one of them is of no use.
    """
    return httpx.AsyncClient(
        timeout=TIMEOUT,
        cookies=no_cookies(),
        transport=transport,
        trust_env=trust_env,
        headers={'Accept-Encoding': 'identity'},
        verify=tls.context(trust_env=trust_env) if tls else True,
    )


def no_cookies() -> CookieJar:
    """What keeps no cookie that anybody sets."""
    return CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))


def in_process_client(app: Callable[..., Awaitable[None]]) -> httpx.AsyncClient:
    """A client that asks an ASGI app in this process instead of the network."""
    return http_client(httpx.ASGITransport(app), trust_env=False)


async def ask(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    limit: int = MAX_ANSWER,
    refusal: Refusal | None = None,
    **options: Any,
) -> dict[str, Any]:
    """The JSON object that the provider answers with, if it has no more than `limit` bytes; `refusal` is asked first.

    Raises what `fetch` and `Answer.document` do.
    """
    answer = await fetch(client, method, url, limit=limit, **options)
    return answer.document(refusal)


async def tell(client: httpx.AsyncClient, method: str, url: str, **options: Any) -> None:
    """Ask for something whose answer need not say more than that it was done.

    Raises what `fetch` does, and what `Answer.failure` is where it was not.
    """
    answer = await fetch(client, method, url, **options)
    if not answer.response.is_success:
        raise answer.failure()


async def fetch(client: httpx.AsyncClient, method: str, url: str, *, limit: int = MAX_ANSWER, **options: Any) -> Answer:
    """The answer, whatever its status, if it has no more than `limit` bytes.

    Raises `ProviderUnreachable`, and `ProviderFailed` for one that is too large.
    """
    try:
        async with asyncio.timeout(DEADLINE), client.stream(method, url, **options) as response:
            content, is_cut = await read(response, limit)
    except (httpx.RequestError, httpx.InvalidURL, UnicodeError, TimeoutError) as error:
        is_sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        kind = ProviderUnreachable if is_sent else EndpointUnreachable
        raise kind(f'{method} {bare(url)}: {type(error).__name__} {error}'.rstrip()) from error
    detail = f'{method} {bare(url)}: HTTP {response.status_code}'
    if is_cut:
        raise ProviderFailed(f'{detail}, larger than {limit} bytes', retry_after=retry_after(response))
    return Answer(response, content, detail)


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


def bare(url: str) -> str:
    """The URL without its query, which is nothing for a log."""
    return url.split('?', 1)[0]


T = TypeVar('T')


class SingleFlight(Generic[T]):
    """Whoever asks while the call is under way shares its outcome, a failure too; the next one makes a new call.

    `task` is the call that is under way; None if none is.
    """

    def __init__(self, call: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._call = call
        self.task: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        return await asyncio.shield(self.start())

    def start(self) -> asyncio.Task[T]:
        """The call that is under way, or begins now; for whoever does not wait for it."""
        if self.task is None:
            self.task = asyncio.create_task(self._call())
            self.task.add_done_callback(self._done)
        return self.task

    def _done(self, task: asyncio.Task[T]) -> None:
        self.task = None
        if not task.cancelled():
            task.exception()  # whoever waits is told; if nobody does any more, nobody misses it
