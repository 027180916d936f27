"""A provider's public keys, fetched when they are needed and again when they were rotated."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from ..clock import Clock
from ..errors import ProviderFailed
from .http import SingleFlight
from .id_token import Claims, UnknownKey, verify_signature
from .metadata import Metadata

REFETCH_INTERVAL = 60.0  # seconds; an unknown key fetches a set that was there again, at most this often


class KeySet:
    """The JWKs of one provider (RFC 7517 §5)."""

    def __init__(self, fetch: Callable[[], Awaitable[dict[str, Any]]], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: list[dict[str, Any]] | None = None
        self._refetched_at = float('-inf')
        self._refetch = SingleFlight(self._fetched)

    async def verify(self, metadata: Metadata, id_token: str) -> Claims:
        """The claims of an ID token that one of the keys signed; a signature by an unknown key fetches the set again.

        Raises `InvalidIdToken`, `ProviderFailed` if the key set is none, or what the fetching raises.
        """
        keys = self._keys
        try:
            return verify_signature(metadata, id_token, keys or [])
        except UnknownKey:
            return verify_signature(metadata, id_token, await self._newer_than(keys))

    async def _newer_than(self, known: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
        """Keys that were fetched after the known ones, by us or by somebody meanwhile; the same ones if it is too soon.

        The first fetch does not count for that: keys may be rotated right after it.
        """
        if self._keys is not known and self._keys is not None:
            return self._keys
        if known is not None and 0 <= self._clock.now() - self._refetched_at < REFETCH_INTERVAL:
            return known
        return await self._refetch()

    async def _fetched(self) -> list[dict[str, Any]]:
        is_first = self._keys is None
        keys = (await self._fetch()).get('keys')
        if not isinstance(keys, list):
            raise ProviderFailed('the key set of the provider has no keys')
        self._keys = [key for key in keys if isinstance(key, dict)]
        if not is_first:
            self._refetched_at = self._clock.now()
        return self._keys
