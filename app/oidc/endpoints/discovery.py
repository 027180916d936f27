"""What a provider says of itself, as it is now: looked at again after a while, and when an answer contradicts it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import fields
from typing import Any, TypeVar

from ...clock import Clock
from ...errors import AuthError
from ..http import SingleFlight
from ..metadata import ContradictsMetadata, Metadata, check_metadata
from .server_address import ServerAddress

log = logging.getLogger(__name__)

# Seconds. Providers move endpoints about once in years and keep the old ones for days, so that an hour is soon enough,
# and one small request an hour is no burden; what moves without notice is found when an answer contradicts it.
LIFETIME = 3600.0
REFETCH_INTERVAL = 60.0  # seconds; a document that is there is fetched anew at most this often, whatever is answered
T = TypeVar('T')


class Discovery:
    """The checked discovery document of one provider; `known` is the newest good one.

    It is fetched at first need. After that whoever needs it gets the known one at once, and it is fetched anew behind
    them. One that is worse (another issuer, a missing endpoint, none at all) never replaces one that was good.
    `changed` is called when a new document differs from the one before. `address` is where the server reaches the
    provider, if not by its issuer.
    """

    def __init__(
        self,
        issuer: str,
        fetch: Callable[[], Awaitable[dict[str, Any]]],
        clock: Clock,
        changed: Callable[[], None] = lambda: None,
        address: ServerAddress | None = None,
    ) -> None:
        self.known: Metadata | None = None
        self._issuer = issuer
        self._fetch = fetch
        self._clock = clock
        self._changed = changed
        self._address = address
        self._fetched_at = self._asked_at = float('-inf')
        self._flight = SingleFlight(self._fetched)

    async def metadata(self) -> Metadata:
        """The document; one that is older than `LIFETIME` is given back all the same, and fetched anew meanwhile.

        Raises `DiscoveryInvalid`, `ProviderUnreachable` or `ProviderFailed` where there is none yet.
        """
        if self.known is None:
            return await self._flight()
        if self._clock.monotonic() - self._fetched_at >= LIFETIME:
            self.doubt('it is old')
        return self.known

    def doubt(self, why: str) -> asyncio.Task[Metadata] | None:
        """Fetch it anew, in the background; None if there is none yet, or that was done within `REFETCH_INTERVAL`."""
        if self._flight.task is not None:
            return self._flight.task
        if self.known is None or self._clock.monotonic() - self._asked_at < REFETCH_INTERVAL:
            return None
        log.info('the discovery document is fetched anew: %s', why)
        return self._flight.start()

    async def consult(self, act: Callable[[Metadata], Coroutine[Any, Any, T]]) -> T:
        """What `act` does with the document; once more, with a newer one, where the answer contradicts the first.

        It does so only if the newer one differs. Raises what `act` does.
        """
        metadata = await self.metadata()
        try:
            return await act(metadata)
        except ContradictsMetadata as error:
            newer = await self._newer_than(metadata, str(error))
            if newer == metadata:
                raise
        return await act(newer)

    async def _newer_than(self, metadata: Metadata, why: str) -> Metadata:
        """The document that is known after it was doubted; perhaps the same."""
        if self.known == metadata and (flight := self.doubt(why)) is not None:
            await asyncio.wait([flight])
        return self.known or metadata

    async def _fetched(self) -> Metadata:
        self._asked_at, before = self._clock.monotonic(), self.known
        try:
            self.known = check_metadata(await self._fetch(), self._issuer, self._address)
        except AuthError as error:
            if before is None:
                raise
            log.warning('the discovery document stays as it was, since there is none better: %s: %s', error.code, error)
            return before
        self._fetched_at = self._clock.monotonic()
        if before is not None and self.known != before:
            log.info('the provider has changed: %s', ', '.join(_differences(before, self.known)))
            self._changed()
        return self.known


def _differences(before: Metadata, after: Metadata) -> list[str]:
    names = [field.name for field in fields(Metadata)]
    return [name for name in names if getattr(before, name) != getattr(after, name)]
