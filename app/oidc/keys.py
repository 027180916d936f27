"""A provider's public keys, fetched when they are needed and again when they were rotated."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from app.clock import Clock
from app.errors import InvalidIdToken
from app.oidc.id_token import Claims, UnknownKey, verify_signature
from app.oidc.metadata import Metadata

REFETCH_INTERVAL = 60.0  # seconds; an unknown key fetches the set again, at most this often


class KeySet:
    """The JWKs of one provider (RFC 7517 §5)."""

    def __init__(self, fetch: Callable[[], Awaitable[dict[str, Any]]], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: list[dict[str, Any]] = []
        self._fetched_at = float('-inf')
        self._lock = asyncio.Lock()

    async def verify(self, metadata: Metadata, id_token: str) -> Claims:
        """The claims of an ID token that one of the keys signed; a signature by an unknown key fetches the set again.

        Raises `InvalidIdToken`, or what the fetching raises.
        """
        try:
            return verify_signature(metadata, id_token, self._keys)
        except UnknownKey:
            await self._refetch()
            return verify_signature(metadata, id_token, self._keys)

    async def _refetch(self) -> None:
        async with self._lock:
            elapsed = self._clock.now() - self._fetched_at
            if 0 <= elapsed < REFETCH_INTERVAL:
                return
            document = await self._fetch()
            keys = document.get('keys')
            if not isinstance(keys, list):
                raise InvalidIdToken('the key set of the provider has no keys')
            self._keys = [key for key in keys if isinstance(key, dict)]
            self._fetched_at = self._clock.now()
