"""The provider, over the network: a thin shell around the pure steps in this folder."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import httpx

from ..clock import Clock
from ..errors import AppError, ClientRefused, CodeRefused, InvalidIdToken, RefreshTokenRefused, SubjectMismatch
from .authorization import (
    SILENT_RESPONSE_MODES,
    AuthorizationRequest,
    AuthorizationResponse,
    authorization_request,
    check_authorization_response,
    sign_in_response_mode,
    silent_authorization_request,
)
from .end_session import end_session_url
from .endpoints.discovery import Discovery
from .endpoints.userinfo import check_userinfo, signed_userinfo
from .http import MAX_DOCUMENT, ask, fetch
from .id_token import CLOCK_SKEW, Claims, algorithm_of, check_claims, check_refreshed_claims, verify_signature
from .keys import KeySet
from .metadata import Metadata, Registration, discovery_url
from .offline_access import renewed_tokens, silent_scope
from .quirks import Quirks
from .tokens import (
    TokenRequest,
    TokenResponse,
    check_token_response,
    code_token_request,
    refresh_token_request,
)

log = logging.getLogger(__name__)


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
    """One OpenID provider, found by its issuer; what it says of itself is fetched at first need, and kept up to date.

    `skew`: seconds that its clock may differ from ours.
    """

    def __init__(
        self,
        issuer: str,
        registration: Registration,
        http: httpx.AsyncClient,
        clock: Clock,
        skew: float = CLOCK_SKEW,
    ) -> None:
        self.issuer = issuer
        self.registration = registration
        self.quirks = Quirks()
        self._http = http
        self._clock = clock
        self._skew = skew
        self._told_missing: frozenset[str] = frozenset()
        self._keys = KeySet(self._fetch_keys, clock)
        self._discovery = Discovery(issuer, self._fetch_document, clock, self._keys.expire)

    @property
    def known(self) -> Metadata | None:
        """The newest good discovery document; None if none was needed yet."""
        return self._discovery.known

    async def metadata(self) -> Metadata:
        """The checked discovery document.

        Raises `DiscoveryInvalid`, `ProviderUnreachable` or `ProviderFailed`; the next call tries again.
        """
        return await self._discovery.metadata()

    def doubt(self, why: str) -> None:
        """It may have changed: look at its discovery document again, in the background."""
        self._discovery.doubt(why)

    async def sign_in_request(self, redirect_uri: str, prompt: str | None = None) -> AuthorizationRequest:
        """The request that a person's browser is sent to the provider with."""
        metadata = await self.metadata()
        return authorization_request(
            metadata,
            self.registration,
            redirect_uri,
            prompt=prompt,
            response_mode=sign_in_response_mode(metadata),
        )

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

    def learn(self, quirks: Quirks) -> None:
        """Ask like this from now on: it was answered."""
        self.quirks = quirks

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
        code = await self._discovery.consult(partial(_code, request, response))
        requested_at = self._clock.now()
        document = await self._ask_for_tokens(lambda known: code_token_request(known, self.registration, request, code))
        tokens = self._renewed(check_token_response(document, request.scope), request.scope, granted)
        if tokens.id_token is None:
            raise InvalidIdToken('the token response has no ID token')
        claims = await self._verify(tokens.id_token, request.nonce, tokens.access_token)
        if subject is not None and claims['sub'] != subject:
            raise SubjectMismatch('the silent answer is for another sub')
        return Grant(tokens, tokens.id_token, claims, requested_at)

    async def refresh(self, refresh_token: str, *, scope: str, id_token: str, claims: Claims) -> Grant:
        """New tokens without a browser; an ID token that comes along has to be about the same sign-in as `claims`.

        `scope`, which is the refresh token's, and `id_token` stay if the provider sends none. Raises
        `RefreshTokenRefused` if it does not take the refresh token, else what each step raises.
        """
        requested_at = self._clock.now()
        try:
            document = await self._ask_for_tokens(
                lambda known: refresh_token_request(known, self.registration, refresh_token)
            )
        except CodeRefused as error:  # invalid_grant, which here is about the refresh token
            raise RefreshTokenRefused(str(error), description=error.description) from error
        tokens = self._renewed(check_token_response(document, scope), scope, scope)
        if tokens.id_token is None:
            return Grant(tokens, id_token, {}, requested_at)
        fresh = await self._verify(tokens.id_token, None, tokens.access_token)
        return Grant(tokens, tokens.id_token, check_refreshed_claims(fresh, claims), requested_at)

    async def userinfo(self, access_token: str, subject: str) -> Claims:
        """The claims at the userinfo endpoint; none if there is no such endpoint, or it fails, since all is optional.

        Raises `InvalidIdToken` if they are about somebody else than `subject`.
        """
        try:
            document = await self._discovery.consult(partial(self._userinfo, access_token))
        except AppError as error:  # a name or a picture more is no reason to keep somebody out
            log.warning('signed in without userinfo: %s: %s', error.code, error)
            return {}
        return {} if document is None else check_userinfo(document, subject)

    async def end_session_url(self, post_logout_redirect_uri: str, id_token_hint: str | None) -> str | None:
        """Where to send the browser to end the provider's session; None if it has no such place or is not to be had."""
        try:
            metadata = await self.metadata()
        except AppError as error:  # logging out here has to work all the same
            log.warning('logged out here only: %s', error)
            return None
        return end_session_url(metadata, self.registration, post_logout_redirect_uri, id_token_hint)

    def _renewed(self, tokens: TokenResponse, requested: str, before: str) -> TokenResponse:
        """The tokens of a renewal; what the provider left out of the scope is told, once."""
        missing = frozenset(before.split()) - frozenset(tokens.scope.split())
        if missing - self._told_missing:
            self._told_missing |= missing
            log.info('a renewal was answered without a scope that was granted before: %s', ' '.join(sorted(missing)))
        return renewed_tokens(tokens, requested, before)

    async def _ask_for_tokens(self, request: Callable[[Metadata], TokenRequest]) -> dict[str, Any]:
        """What the token endpoint answers; where it has moved, at the place that it moved to: the other saw nothing."""

        async def send(metadata: Metadata) -> dict[str, Any]:
            post = request(metadata)
            return await ask(self._http, 'POST', post.url, headers=post.headers, content=post.body)

        try:
            return await self._discovery.consult(send)
        except ClientRefused as error:  # it may want another authentication than it did
            self.doubt(str(error))
            raise

    async def _userinfo(self, access_token: str, metadata: Metadata) -> Claims | None:
        """By GET, else by POST, with the token in the header (OpenID Connect Core §5.3.1); None if there is none."""
        url = metadata.userinfo_endpoint
        if url is None:
            return None
        headers = {'Authorization': f'Bearer {access_token}', 'Accept': 'application/json, application/jwt'}
        answer = await fetch(self._http, 'GET', url, headers=headers)
        if answer.status == 405:
            answer = await fetch(self._http, 'POST', url, headers=headers)
        if answer.jwt is None:
            return answer.document()
        check = (metadata, self.registration.client_id, self._clock.now(), self._skew, answer.jwt)
        return await self._keys.verify(partial(signed_userinfo, *check))

    async def _verify(self, id_token: str, nonce: str | None, access_token: str) -> Claims:
        async def verify(metadata: Metadata) -> Claims:
            return await self._keys.verify(partial(verify_signature, metadata, id_token))

        return check_claims(
            await self._discovery.consult(verify),
            issuer=self.issuer,
            client_id=self.registration.client_id,
            now=self._clock.now(),
            nonce=nonce,
            access_token=access_token,
            algorithm=algorithm_of(id_token),
            skew=self._skew,
        )

    async def _fetch_document(self) -> dict[str, Any]:
        return await ask(self._http, 'GET', discovery_url(self.issuer), limit=MAX_DOCUMENT)

    async def _fetch_keys(self) -> dict[str, Any]:
        return await ask(self._http, 'GET', (await self.metadata()).jwks_uri, limit=MAX_DOCUMENT)


async def _code(request: AuthorizationRequest, response: AuthorizationResponse, metadata: Metadata) -> str:
    return check_authorization_response(metadata, request, response)
