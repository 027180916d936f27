"""The token endpoint: codes and refresh tokens go there, and what it answers is kept as it came until it is checked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import httpx

from ...clock import Clock
from ...errors import ClientRefused
from ..authorization import AuthorizationRequest
from ..client_auth.request import TokenRequest, ready
from ..http import ask
from ..metadata import Metadata, Registration
from ..offline_access import renewed_tokens
from ..refusals import code_refusal, refresh_refusal
from ..tokens import (
    GRANTED,
    TokenResponse,
    UncheckedTokens,
    check_token_response,
    code_token_request,
    refresh_token_request,
)
from .answer import Refusal
from .discovery import Discovery

log = logging.getLogger(__name__)


class TokenEndpoint:
    """Asks one provider's token endpoint, wherever that is now."""

    def __init__(self, http: httpx.AsyncClient, discovery: Discovery, registration: Registration, clock: Clock) -> None:
        self._http = http
        self._discovery = discovery
        self._registration = registration
        self._clock = clock
        self._told_missing: frozenset[str] = frozenset()

    async def send_code(self, request: AuthorizationRequest, code: str, granted: str) -> UncheckedTokens:
        """What it answers to a code; `granted` is the scope of a session that has a refresh token."""
        post = partial(code_token_request, request=request, code=code)
        unchecked = await self._granted(post, code_refusal, request.scope, granted, request.nonce)
        return replace(unchecked, audience=request.audience)

    async def send_refresh_token(
        self, refresh_token: str, granted: str, audience: str | None = None
    ) -> UncheckedTokens:
        """What it answers to a refresh token, which was `granted` this scope: with rotation, that one is used up now.

        Raises `RefreshTokenRefused` if it does not take the refresh token.
        """
        post = partial(refresh_token_request, refresh_token=refresh_token, audience=audience)
        unchecked = await self._granted(post, refresh_refusal, granted, '' if audience else granted)
        return replace(unchecked, audience=audience)

    def read(self, unchecked: UncheckedTokens) -> TokenResponse:
        """The tokens in such an answer; what the provider left out of the scope is told, once.

        Raises `ProviderFailed` if they cannot be used.
        """
        tokens, before = check_token_response(unchecked.document, unchecked.requested), unchecked.before
        missing = frozenset(before.split()) - frozenset(tokens.scope.split())
        if missing - self._told_missing:
            self._told_missing |= missing
            log.info('a renewal was answered without a scope that was granted before: %s', ' '.join(sorted(missing)))
        return renewed_tokens(tokens, unchecked.requested, before)

    async def _granted(
        self,
        request: Callable[[Metadata, Registration], TokenRequest],
        refusal: Refusal,
        requested: str,
        before: str,
        nonce: str | None = None,
    ) -> UncheckedTokens:
        """What it answers; where it has moved, at the place that it moved to: the other one saw nothing."""

        async def send(metadata: Metadata) -> dict[str, Any]:
            post = request(metadata, await ready(self._registration, self._clock.now()))
            return await ask(self._http, 'POST', post.url, refusal=refusal, headers=post.headers, content=post.body)

        requested_at = self._clock.now()
        try:
            document = await self._discovery.consult(send)
        except ClientRefused as error:  # it may want another authentication than it did
            self._discovery.doubt(str(error))
            raise
        known = {name: document[name] for name in GRANTED if name in document}
        return UncheckedTokens(known, requested, before, requested_at, nonce)
