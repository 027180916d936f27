"""A provider's public keys, fetched when they are needed and again when they were rotated."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from ..clock import Clock
from ..errors import ProviderFailed
from .http import SingleFlight
from .id_token import UnknownKey

REFETCH_INTERVAL = 60.0  # seconds; an unknown key fetches a set that was there again, at most this often
MAX_KEYS = 100  # of a set; the large providers have ten at most, and each may have to be tried
Keys = list[dict[str, Any]]
T = TypeVar('T')


class KeySet:
    """The JWKs of one provider (RFC 7517 §5)."""

    def __init__(self, fetch: Callable[[], Awaitable[dict[str, Any]]], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: Keys | None = None
        self._refetched_at = float('-inf')
        self._refetch = SingleFlight(self._fetched)

    async def verify(self, check: Callable[[Keys], T]) -> T:
        """What `check` returns for the keys; if it raises `UnknownKey`, for those that were fetched after that.

        Raises what `check` does, `ProviderFailed` if the key set is none, or what the fetching raises.
        """
        keys = self._keys
        try:
            return check(keys or [])
        except UnknownKey:
            return check(await self._newer_than(keys))

    def expire(self) -> None:
        """Fetch the keys anew as soon as one is unknown, however short ago they were: they may lie elsewhere now."""
        self._refetched_at = float('-inf')

    async def _newer_than(self, known: Keys | None) -> Keys:
        """Keys that were fetched after the known ones, perhaps by somebody else; the known ones if it is too soon.

        The first fetch does not count for the interval: keys may be rotated right after it.
        """
        if self._keys is not known and self._keys is not None:
            return self._keys
        if known is not None and self._clock.monotonic() - self._refetched_at < REFETCH_INTERVAL:
            return known
        return await self._refetch()

    async def _fetched(self) -> Keys:
        is_first = self._keys is None
        keys = (await self._fetch()).get('keys')
        if not isinstance(keys, list) or not keys:
            raise ProviderFailed('the key set of the provider has no keys')
        if len(keys) > MAX_KEYS:
            raise ProviderFailed(f'the key set of the provider has {len(keys)} keys, more than {MAX_KEYS}')
        self._keys = [key for key in keys if isinstance(key, dict)]
        if not is_first:
            self._refetched_at = self._clock.monotonic()
        return self._keys
