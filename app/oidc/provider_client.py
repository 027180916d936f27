"""The provider, over the network: a thin shell around the pure steps in this folder."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from functools import partial
from typing import Any

import httpx

from ..clock import Clock
from ..errors import AuthError, InvalidIdToken, SubjectMismatch
from .authorization import (
    SILENT_RESPONSE_MODES,
    AuthorizationRequest,
    AuthorizationResponse,
    authorization_request,
    check_authorization_response,
    sign_in_response_mode,
    silent_authorization_request,
)
from .client_auth.credential import MutualTls
from .endpoints.audience_request import authorization_parameters
from .endpoints.discovery import Discovery
from .endpoints.end_session import end_session_form, end_session_url
from .endpoints.pushed_authorization import PushedAuthorization, is_pushed
from .endpoints.revocation import Revocations
from .endpoints.server_address import ServerAddress, with_mtls_aliases
from .endpoints.token import TokenEndpoint
from .endpoints.userinfo import UserinfoEndpoint
from .http import MAX_DOCUMENT, ask
from .id_token import CLOCK_SKEW, Claims, algorithm_of, check_claims, check_refreshed_claims, verify_signature
from .keys import KeySet
from .metadata import Metadata, Registration, discovery_url
from .quirks import CURED_WITHOUT_SELECT_ACCOUNT, Quirks
from .tokens import Grant, UncheckedTokens
from .wishes.additions import sign_in_additions, silent_additions, wants_refresh_token
from .wishes.authentication import check_authentication
from .wishes.wish import NOTHING, SignInWish, merged

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds that a logout, which is done already here, waits for the discovery document


class ProviderClient:
    """One OpenID provider, found by its issuer; what it says of itself is fetched at first need, and kept up to date.

    `skew`: seconds that its clock may differ from ours. `may_revoke`: whether tokens are revoked that are done with.
    `internal_issuer` is where this server reaches it, if not by its issuer.
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
        internal_issuer: str | None = None,
    ) -> None:
        self.issuer = issuer
        self.registration, self.name = registration, registration.name
        self.quirks = Quirks()
        self._http = http
        self._clock = clock
        self._skew = skew
        self._may_revoke = may_revoke
        self._address = ServerAddress(issuer, internal_issuer) if internal_issuer else None
        self._revocations = Revocations(http, self.metadata, registration, clock)
        self._keys = KeySet(self._fetch_keys, clock)
        self._discovery = Discovery(issuer, self._fetch_document, clock, self._keys.expire, self._address)
        self._tokens = TokenEndpoint(http, self._discovery, registration, clock)
        self._pushing = PushedAuthorization(http, self._discovery, registration, clock)
        self._userinfo = UserinfoEndpoint(http, self._discovery, self._keys, registration.client_id, clock, skew)

    @property
    def known(self) -> Metadata | None:
        """The newest good discovery document; None if none was needed yet."""
        return self._discovery.known

    @property
    def key(self) -> str:
        """What it is known by: another client may be treated differently."""
        return f'{self.issuer} {self.registration.client_id}'

    async def metadata(self) -> Metadata:
        """The checked discovery document.

        Raises `DiscoveryInvalid`, `ProviderUnreachable` or `ProviderFailed`; the next call tries again.
        """
        return await self._discovery.metadata()

    def key_set(self) -> KeySet:
        """Its keys once more, for tokens that anybody can send: what those make it fetch takes nothing from ours."""
        return KeySet(self._fetch_keys, self._clock)

    def doubt(self, why: str) -> None:
        """It may have changed: look at its discovery document again, in the background."""
        self._discovery.doubt(why)

    async def sign_in_request(
        self, redirect_uri: str, prompt: str | None = None, wish: SignInWish = NOTHING
    ) -> AuthorizationRequest:
        """The request that a person's browser is sent to the provider with; see `wishes` for what becomes of those."""
        metadata = await self.metadata()
        wish = merged(SignInWish({'prompt': prompt or ''}), wish)
        asked = sign_in_additions(metadata, self.registration, self.quirks, wish)
        request = authorization_request(
            metadata,
            replace(self.registration, scope=asked.scope),
            redirect_uri,
            asked.params,
            prompt=asked.prompt,
            response_mode=sign_in_response_mode(metadata, self.registration.response_mode),
        )
        return await self._pushing.pushed(asked.noted(request))

    async def silent_request(
        self,
        redirect_uri: str,
        id_token: str | None = None,
        quirks: Quirks | None = None,
        *,
        has_refresh_token: bool = False,
        audience: str | None = None,
        wish: SignInWish = NOTHING,
    ) -> AuthorizationRequest:
        """The request for the silent frame, which the provider answers without a page; as it is known to want it.

        It does not ask for `offline_access` for a session that `has_refresh_token`. `audience` is another API's, `wish`
        what that session's sign-in had beyond the configuration.
        """
        quirks, metadata = quirks or self.quirks, await self.metadata()
        asked = silent_additions(self.issuer, self.registration, wish, has_refresh_token=has_refresh_token)
        registration, extra = replace(self.registration, scope=asked.scope), dict[str, str]()
        if audience is not None:
            registration, extra = authorization_parameters(registration, self.issuer, audience)
        request = silent_authorization_request(
            metadata,
            registration,
            redirect_uri,
            id_token_hint=id_token if quirks.wants_hint else None,
            response_modes=() if quirks.refuses_fragment else SILENT_RESPONSE_MODES,
            params=asked.params,
            has_room=is_pushed(metadata, self.registration),
            **extra,
        )
        return await self._pushing.pushed(replace(asked.noted(request), audience=audience))

    def quirks_after_refusal(self, request: AuthorizationRequest, error: AuthError) -> Quirks:
        """What a sign-in that failed has taught; if it is something new, another request is worth a try."""
        is_cured = error.code in CURED_WITHOUT_SELECT_ACCOUNT and 'select_account' in request.prompt.split()
        return self.quirks.without_select_account() if is_cured else self.quirks

    def quirks_after(self, request: AuthorizationRequest, grant: Grant) -> Quirks:
        """What an interactive sign-in has taught of the provider."""
        if not wants_refresh_token(self.registration):
            return self.quirks
        with_consent = 'consent' in request.prompt.split()
        return self.quirks.after_sign_in(with_consent=with_consent, came=grant.tokens.refresh_token is not None)

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

        `subject` is who it has to be, if that is known, and `granted` the scope of a session that has a refresh token.
        Raises what each step raises (`app.errors`), and `SubjectMismatch` if it is not `subject`.
        """
        unchecked = await self.send_code(request, response, granted=granted)
        return check_authentication(request, await self.check_redeemed(unchecked, subject=subject), self._skew)

    async def send_code(
        self, request: AuthorizationRequest, response: AuthorizationResponse, *, granted: str = ''
    ) -> UncheckedTokens:
        """The first half of `redeem`: what the token endpoint answers to the code, unchecked."""
        code = await self._discovery.consult(partial(_code, request, response))
        return await self._tokens.send_code(request, code, granted)

    async def check_redeemed(self, unchecked: UncheckedTokens, *, subject: str | None = None) -> Grant:
        """The second half of `redeem`; it can be tried again."""
        tokens = self._tokens.read(unchecked)
        if tokens.id_token is None:
            raise InvalidIdToken('the token response has no ID token')
        claims = await self._verify(tokens.id_token, unchecked.nonce, tokens.access_token)
        if subject is not None and claims['sub'] != subject:
            raise SubjectMismatch('the answer is for another sub')
        return Grant(tokens, tokens.id_token, claims, unchecked.requested_at)

    async def send_refresh_token(
        self, refresh_token: str, *, scope: str, audience: str | None = None
    ) -> UncheckedTokens:
        """What the token endpoint answers to a refresh token, unchecked: with rotation, that one is used up now.

        `scope`, which is the refresh token's, stays if the provider sends none; `audience` is another API's. Raises
        `RefreshTokenRefused` if it does not take the refresh token, `AudienceRefused` if it has none for that API.
        """
        return await self._tokens.send_refresh_token(refresh_token, scope, audience)

    async def check_refreshed(self, unchecked: UncheckedTokens, *, id_token: str, claims: Claims) -> Grant:
        """The tokens of a refresh; an ID token that came along has to be about the same sign-in as `claims`.

        `id_token` stays if none came. It can be tried again.
        """
        tokens = self._tokens.read(unchecked)
        if tokens.id_token is None:
            return Grant(tokens, id_token, {}, unchecked.requested_at)
        fresh = await self._verify(tokens.id_token, None, tokens.access_token)
        return Grant(tokens, tokens.id_token, check_refreshed_claims(fresh, claims), unchecked.requested_at)

    async def userinfo(self, access_token: str, subject: str) -> Claims | None:
        """The claims at the userinfo endpoint; none if there is no such endpoint, None if they cannot be had now.

        That is said in the log, and no error, since all is optional. Raises `InvalidIdToken` if they are about somebody
        else than `subject`.
        """
        return await self._userinfo.claims(access_token, subject)

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
        except (AuthError, TimeoutError) as error:  # logging out here has to work all the same
            log.warning('logged out here only: %s', str(error) or f'no discovery document in {PATIENCE:g} s')
            return None
        return end_session_url(metadata, self.registration, post_logout_redirect_uri, id_token_hint, logout_hint)

    def end_session_form(
        self, post_logout_redirect_uri: str, id_token_hint: str | None
    ) -> tuple[str, dict[str, str]] | None:
        """Where to post what, in the place of an `end_session_url` that is too long; None if there is no need."""
        if self.known is None:
            return None
        return end_session_form(self.known, self.registration, post_logout_redirect_uri, id_token_hint)

    def revoke_later(self, refresh_token: str | None, access_token: str) -> None:
        """Tell the provider, behind whatever goes on, that nobody uses these tokens any more."""
        if self._may_revoke:
            self._revocations.begin(refresh_token, access_token)

    async def close(self) -> None:
        """The process ends: give revocations that are under way a moment, then let go of connections."""
        await self._revocations.close()
        await self._http.aclose()

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
        address = self._address.internal if self._address else self.issuer
        document = await ask(self._http, 'GET', discovery_url(address), limit=MAX_DOCUMENT)
        return with_mtls_aliases(document) if isinstance(self.registration.credential, MutualTls) else document

    async def _fetch_keys(self) -> dict[str, Any]:
        return await ask(self._http, 'GET', (await self.metadata()).jwks_uri, limit=MAX_DOCUMENT)


async def _code(request: AuthorizationRequest, response: AuthorizationResponse, metadata: Metadata) -> str:
    return check_authorization_response(metadata, request, response)
