"""A body that is longer than anybody should read."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx

CHUNK = 1000  # bytes
ENOUGH = 10_000_000  # bytes, after which it does end, so that a test fails and does not hang


class Endless(httpx.AsyncByteStream):
    """A body that nobody should read to its end; `read` is how many bytes of it were read."""

    def __init__(self) -> None:
        self.read = 0
        self.is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.read < ENOUGH:
            self.read += CHUNK
            yield b'a' * CHUNK

    async def aclose(self) -> None:
        self.is_closed = True
