"""Telling the provider that tokens are done with (RFC 7009); of its answer counts whether it is a success (§2.2)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

import httpx

from ...clock import Clock
from ...errors import AuthError
from ..client_auth.request import TokenRequest, authenticated_request, ready
from ..http import tell
from ..metadata import Metadata, Registration

log = logging.getLogger(__name__)

LAST_WORDS = 2.0  # seconds that the end of the process waits for revocations that are under way


class Revocations:
    """Those that are under way, behind whatever goes on."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        metadata: Callable[[], Awaitable[Metadata]],
        registration: Registration,
        clock: Clock,
    ) -> None:
        self._http = http
        self._metadata = metadata
        self._registration = registration
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, refresh_token: str | None, access_token: str) -> None:
        """Tell the provider that nobody uses these tokens any more, and wait for nothing."""
        task = asyncio.create_task(self._revoke(refresh_token, access_token), name='revocation')
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """The process ends: give them a moment."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LAST_WORDS)
        for task in self._tasks:
            task.cancel()

    async def _revoke(self, refresh_token: str | None, access_token: str) -> None:
        try:
            registration = await ready(self._registration, self._clock.now())
            post = revocation_request(await self._metadata(), registration, refresh_token, access_token)
            if post is not None:
                await tell(self._http, 'POST', post.url, headers=post.headers, content=post.body)
        except AuthError as error:  # here nobody uses them any more, and they expire
            log.warning('tokens could not be revoked: %s: %s', error.code, error)


def revocation_request(
    metadata: Metadata, registration: Registration, refresh_token: str | None, access_token: str
) -> TokenRequest | None:
    """The request that makes a session's tokens worthless (RFC 7009 §2.1); None if there is no place or nothing for it.

    It names the refresh token, with which the access tokens go too; the access token only where there is no other.
    """
    kind, token = ('refresh_token', refresh_token) if refresh_token else ('access_token', access_token)
    if metadata.revocation_endpoint is None or not token:
        return None
    body = urlencode({'token': token, 'token_type_hint': kind})
    offered = metadata.revocation_auth_methods or metadata.token_auth_methods
    return authenticated_request(metadata, metadata.revocation_endpoint, offered, registration, body)
