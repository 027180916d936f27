"""The provider, over the network: a thin shell around the pure steps in this folder."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import httpx

from ..clock import Clock
from ..errors import AppError, CodeRefused, InvalidIdToken, RefreshTokenRefused, SubjectMismatch
from .authorization import (
    SILENT_RESPONSE_MODES,
    AuthorizationRequest,
    AuthorizationResponse,
    authorization_request,
    check_authorization_response,
    silent_authorization_request,
)
from .end_session import end_session_form, end_session_url
from .http import MAX_DOCUMENT, SingleFlight, ask, tell
from .id_token import CLOCK_SKEW, Claims, algorithm_of, check_claims, check_refreshed_claims, verify_signature
from .keys import KeySet
from .metadata import Metadata, Registration, check_metadata, discovery_url
from .offline_access import renewed_tokens, silent_scope
from .quirks import CURED_WITHOUT_SELECT_ACCOUNT, Quirks
from .revocation import revocation_request
from .tokens import TokenResponse, check_token_response, check_userinfo, code_token_request, refresh_token_request

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds that a logout, which is done already here, waits for the discovery document
LAST_WORDS = 2.0  # seconds that the end of the process waits for revocations that are under way


@dataclass(frozen=True, slots=True)
class Grant:
    """What a redeemed code, or a refresh, brought: the tokens, and the checked claims of the ID token.

    `requested_at` is the moment before the request, in seconds since the epoch: `expires_in` counts from there.
    """

    tokens: TokenResponse
    id_token: str = field(repr=False)
    claims: Claims
    requested_at: float


class Provider:
    """One OpenID provider, found by its issuer; what it says of itself is fetched at first need and then kept.

    `skew`: seconds that its clock may differ from ours. `may_revoke`: whether tokens are revoked that are done with.
    """

    def __init__(
        self,
        issuer: str,
        registration: Registration,
        http: httpx.AsyncClient,
        clock: Clock,
        skew: float = CLOCK_SKEW,
        *,
        may_revoke: bool = True,
    ) -> None:
        self.issuer = issuer
        self.registration = registration
        self.known: Metadata | None = None
        self.quirks = Quirks()
        self._http = http
        self._clock = clock
        self._skew = skew
        self._may_revoke = may_revoke
        self._revocations: set[asyncio.Task[None]] = set()
        self._told_missing: frozenset[str] = frozenset()
        self._keys = KeySet(self._fetch_keys, clock)
        self._discover = SingleFlight(self._fetch_metadata)

    async def metadata(self) -> Metadata:
        """The checked discovery document.

        Raises `DiscoveryInvalid`, `ProviderUnreachable` or `ProviderFailed`; the next call tries again.
        """
        return self.known or await self._discover()

    async def sign_in_request(self, redirect_uri: str, prompt: str | None = None) -> AuthorizationRequest:
        """The request that a person's browser is sent to the provider with.

        A `prompt` that the provider doesn't know becomes the one that is nearest to it.
        """
        metadata = await self.metadata()
        prompt = self.quirks.nearest_prompt(prompt, metadata.issuer, metadata.prompts)
        return authorization_request(metadata, self.registration, redirect_uri, prompt=prompt)

    async def silent_request(
        self,
        redirect_uri: str,
        id_token: str | None = None,
        quirks: Quirks | None = None,
        *,
        has_refresh_token: bool = False,
    ) -> AuthorizationRequest:
        """The request for the silent frame, which the provider answers without a page; as it is known to want it.

        It does not ask for `offline_access` for a session that `has_refresh_token`.
        """
        quirks = quirks or self.quirks
        scope = silent_scope(self.registration.scope, has_refresh_token=has_refresh_token)
        return silent_authorization_request(
            await self.metadata(),
            replace(self.registration, scope=scope),
            redirect_uri,
            id_token_hint=id_token if quirks.wants_hint else None,
            response_modes=() if quirks.refuses_fragment else SILENT_RESPONSE_MODES,
        )

    def learns_from(self, request: AuthorizationRequest, error: AppError) -> bool:
        """Whether a sign-in that failed like this is worth another request, which will be another one."""
        is_new = not self.quirks.refuses_select_account and request.prompt == 'select_account'
        if not is_new or error.code not in CURED_WITHOUT_SELECT_ACCOUNT:
            return False
        self.quirks = self.quirks.without_select_account()
        return True

    def learn(self, quirks: Quirks) -> None:
        """Ask like this from now on: it was answered. What a sign-in has taught meanwhile stays."""
        refuses = quirks.refuses_select_account or self.quirks.refuses_select_account
        self.quirks = replace(quirks, refuses_select_account=refuses)

    async def redeem(
        self,
        request: AuthorizationRequest,
        response: AuthorizationResponse,
        *,
        subject: str | None = None,
        granted: str = '',
    ) -> Grant:
        """What the response to the request brings, everything checked.

        At a renewal `subject` is who it has to be, and `granted` the scope of a session that has a refresh token.
        Raises what each step raises (`app.errors`), and `SubjectMismatch` if it is not `subject`.
        """
        metadata = await self.metadata()
        code = check_authorization_response(metadata, request, response)
        requested_at = self._clock.now()
        post = code_token_request(metadata, self.registration, request, code)
        document = await ask(self._http, 'POST', post.url, headers=post.headers, content=post.body)
        tokens = self._renewed(check_token_response(document, request.scope), request.scope, granted)
        if tokens.id_token is None:
            raise InvalidIdToken('the token response has no ID token')
        claims = await self._verify(metadata, tokens.id_token, request.nonce, tokens.access_token)
        if subject is not None and claims['sub'] != subject:
            raise SubjectMismatch('the silent answer is for another sub')
        return Grant(tokens, tokens.id_token, claims, requested_at)

    async def refresh(self, refresh_token: str, *, scope: str, id_token: str, claims: Claims) -> Grant:
        """New tokens without a browser; an ID token that comes along has to be about the same sign-in as `claims`.

        `scope`, which is the refresh token's, and `id_token` stay if the provider sends none. Raises
        `RefreshTokenRefused` if it does not take the refresh token, else what each step raises.
        """
        metadata = await self.metadata()
        requested_at = self._clock.now()
        post = refresh_token_request(metadata, self.registration, refresh_token)
        try:
            document = await ask(self._http, 'POST', post.url, headers=post.headers, content=post.body)
        except CodeRefused as error:  # invalid_grant, which here is about the refresh token
            raise RefreshTokenRefused(str(error), description=error.description) from error
        tokens = self._renewed(check_token_response(document, scope), scope, scope)
        if tokens.id_token is None:
            return Grant(tokens, id_token, {}, requested_at)
        fresh = await self._verify(metadata, tokens.id_token, None, tokens.access_token)
        return Grant(tokens, tokens.id_token, check_refreshed_claims(fresh, claims), requested_at)

    async def userinfo(self, access_token: str, subject: str) -> Claims:
        """The claims at the userinfo endpoint; none if there is no such endpoint, or it fails, since all is optional.

        Raises `InvalidIdToken` if they are about somebody else than `subject`.
        """
        metadata = await self.metadata()
        if metadata.userinfo_endpoint is None:
            return {}
        headers = {'Authorization': f'Bearer {access_token}', 'Accept': 'application/json'}
        try:
            document = await ask(self._http, 'GET', metadata.userinfo_endpoint, headers=headers)
        except AppError as error:  # a name or a picture more is no reason to keep somebody out
            log.warning('signed in without userinfo: %s', error)
            return {}
        return check_userinfo(document, subject)

    @property
    def ends_sessions(self) -> bool:
        """Whether the provider is known to have a place where a browser's session at it is ended."""
        return self.known is not None and self.known.end_session_endpoint is not None

    async def end_session_url(
        self, post_logout_redirect_uri: str, id_token_hint: str | None, logout_hint: str | None = None
    ) -> str | None:
        """Where to send the browser to end the provider's session; None if it has no such place or is not to be had.

        `logout_hint` counts where the ID token cannot be sent.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                metadata = await self.metadata()
        except (AppError, TimeoutError) as error:  # logging out here has to work all the same
            log.warning('logged out here only: %s', str(error) or f'no discovery document in {PATIENCE:g} s')
            return None
        return end_session_url(metadata, self.registration, post_logout_redirect_uri, id_token_hint, logout_hint)

    def end_session_form(
        self, post_logout_redirect_uri: str, id_token_hint: str | None
    ) -> tuple[str, dict[str, str]] | None:
        """Where to post what, in the place of a URL with a hint that is too long; None if there is no need.

        It is for whoever has got an `end_session_url`.
        """
        if self.known is None:
            return None
        return end_session_form(self.known, self.registration, post_logout_redirect_uri, id_token_hint)

    def revoke_later(self, refresh_token: str | None, access_token: str) -> None:
        """Tell the provider, behind whatever goes on, that nobody uses these tokens any more."""
        if self._may_revoke:
            task = asyncio.create_task(self._revoke(refresh_token, access_token), name='revocation')
            self._revocations.add(task)
            task.add_done_callback(self._revocations.discard)

    async def close(self) -> None:
        """The process ends: give revocations that are under way a moment."""
        if self._revocations:
            await asyncio.wait(self._revocations, timeout=LAST_WORDS)
        for task in self._revocations:
            task.cancel()

    async def _revoke(self, refresh_token: str | None, access_token: str) -> None:
        try:
            post = revocation_request(await self.metadata(), self.registration, refresh_token, access_token)
            if post is not None:
                await tell(self._http, 'POST', post.url, headers=post.headers, content=post.body)
        except AppError as error:  # here nobody uses them any more, and they expire
            log.warning('tokens could not be revoked: %s: %s', error.code, error)

    def _renewed(self, tokens: TokenResponse, requested: str, before: str) -> TokenResponse:
        """The tokens of a renewal; what the provider left out of the scope is told, once."""
        missing = frozenset(before.split()) - frozenset(tokens.scope.split())
        if missing - self._told_missing:
            self._told_missing |= missing
            log.info('a renewal was answered without a scope that was granted before: %s', ' '.join(sorted(missing)))
        return renewed_tokens(tokens, requested, before)

    async def _verify(self, metadata: Metadata, id_token: str, nonce: str | None, access_token: str) -> Claims:
        claims = await self._keys.verify(partial(verify_signature, metadata, id_token))
        return check_claims(
            claims,
            issuer=metadata.issuer,
            client_id=self.registration.client_id,
            now=self._clock.now(),
            nonce=nonce,
            access_token=access_token,
            algorithm=algorithm_of(id_token),
            skew=self._skew,
        )

    async def _fetch_metadata(self) -> Metadata:
        document = await ask(self._http, 'GET', discovery_url(self.issuer), limit=MAX_DOCUMENT)
        self.known = check_metadata(document, self.issuer)
        return self.known

    async def _fetch_keys(self) -> dict[str, Any]:
        return await ask(self._http, 'GET', (await self.metadata()).jwks_uri, limit=MAX_DOCUMENT)
