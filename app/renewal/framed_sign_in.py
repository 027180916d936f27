"""Signing in by a `UserAgent` while a page waits: unseen for visitors, or in the system's browser."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..clock import Clock
from ..errors import AuthError
from ..oidc.authorization import AuthorizationRequest, AuthorizationResponse
from ..oidc.provider_client import ProviderClient
from ..oidc.wishes.wish import NOTHING, SignInWish
from ..sessions.pending_authorization import AUTHORIZATION_LIFETIME, AuthorizationKind, PendingAuthorization
from ..sessions.store import SessionStore
from .user_agents import UserAgent

log = logging.getLogger(__name__)
NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FramedSignIn:
    """A sign-in by `browser`, which is to come back to `return_to`.

    Only an answer over HTTP to that browser can set its cookie, so the response takes the same way as any other: what
    comes of it is `callback_path` with the response, for the waiting page to open.
    """

    provider: ProviderClient
    store: SessionStore
    clock: Clock
    browser: str
    return_to: str
    callback_path: str = '/callback'

    async def silent(self, agent: UserAgent) -> str | None:
        """For a visitor whose session at the provider is alive, without a click; None if it knows of nobody.

        A provider that gave the frame no answer lately is not waited for."""
        if self.provider.quirks.is_frame_silent(self.clock.now()):
            return None
        try:
            request = await self.provider.silent_request(self.provider.registration.silent_uri)
            response = await self._asked(agent, request, 'silent')
        except AuthError as error:
            log.info('no silent sign-in: %s: %s', error.code, error)
            return None
        return None if response.code is None or response.state != request.state else self._callback(response)

    async def elsewhere(
        self,
        agent: UserAgent,
        prompt: str | None,
        wish: SignInWish = NOTHING,
        *,
        asked: Mapping[str, str] | None = None,
        subject: str = '',
    ) -> str:
        """In another browser (RFC 8252 §4.1), whose cookies the silent frame will not have.

        `asked` and `subject` as in `PendingAuthorization`.
        Raises what `ProviderClient.sign_in_request` and the frame raise.
        """
        request = await self.provider.sign_in_request(self.provider.registration.callback_uri, prompt, wish)
        response = await self._asked(agent, request, 'system_browser', asked or {}, subject)
        return self._callback(response, response.landed_at)  # which has to be the one that this provider answers at

    async def _asked(
        self,
        agent: UserAgent,
        request: AuthorizationRequest,
        kind: AuthorizationKind,
        asked: Mapping[str, str] = NONE,
        subject: str = '',
    ) -> AuthorizationResponse:
        expires_at = self.clock.now() + AUTHORIZATION_LIFETIME
        await self.store.begin_authorization(
            PendingAuthorization(
                request,
                self.return_to,
                self.browser,
                expires_at,
                kind,
                provider=self.provider.name,
                asked=dict(asked),
                subject=subject,
            )
        )
        return await agent.authorize(request.url)

    def _callback(self, response: AuthorizationResponse, path: str | None = None) -> str:
        return f'{path or self.callback_path}?{response.query()}'
