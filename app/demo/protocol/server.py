"""The demo provider's protocol, on Authlib's server framework."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749 import AuthorizationServer
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oidc.rpinitiated import EndSessionEndpoint

from ..keys import SigningKey
from ..messages import AUTH_METHODS, Answer, Client, Request
from ..people import Directory, Person
from ..records import Code, Codes, RefreshToken, RefreshTokens
from .client_assertion import ClientAssertion
from .grants import CodeGrant, IdToken, OnlyS256, RefreshGrant, Wishes
from .pushed import PushedAuthorization, PushedRequests
from .resources import Resources

ACCESS_TOKEN = 'at+jwt'  # its `typ` (RFC 9068 §2.1)


def _is_of_others(record: logging.LogRecord) -> bool:
    """Whether it says nothing of the demo's clients: at DEBUG Authlib logs who gets which token, and the secrets."""
    return not (isinstance(record.args, tuple) and any(isinstance(arg, Client) for arg in record.args))


for _name in ('authorization_code', 'refresh_token'):  # what a host has to do with Authlib is logged as before
    logging.getLogger(f'authlib.oauth2.rfc6749.grants.{_name}').addFilter(_is_of_others)


class Server(AuthorizationServer):
    """Codes with PKCE, refresh tokens with rotation, revocation, RP-initiated logout."""

    def __init__(
        self,
        issuer: str,
        clients: Iterable[Client],
        key: SigningKey,
        codes: Codes,
        refresh_tokens: RefreshTokens,
        token_lifetime: Callable[[], int],
        directory: Directory,
        pushed: PushedRequests,
    ) -> None:
        super().__init__()
        self.issuer, self.key, self.codes, self.refresh_tokens = issuer, key, codes, refresh_tokens
        self.token_lifetime = token_lifetime
        self.directory, self.pushed = directory, pushed
        self.resources = Resources(issuer)
        self._clients = {client.client_id: client for client in clients}
        self.register_grant(CodeGrant, [OnlyS256(), IdToken(require_nonce=False), Wishes()])
        self.register_grant(RefreshGrant, [IdToken()])
        self.register_endpoint(Revocation)
        self.register_endpoint(EndSession)
        self.register_endpoint(PushedAuthorization)
        assertion = ClientAssertion([issuer, *(f'{issuer}/{path}' for path in ('token', 'par', 'revoke'))])
        self.register_client_auth_method(assertion.CLIENT_AUTH_METHOD, assertion)

    def query_client(self, client_id: str) -> Client | None:
        return self._clients.get(client_id)

    def create_oauth2_request(self, request: Request) -> Request:
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Answer:
        return Answer(status, body, headers)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def save_token(self, token: dict[str, Any], request: Request) -> None:
        """Keep the refresh token; the access token carries all that it means."""
        parent = request.authorization_code or request.refresh_token
        family = parent.family if isinstance(parent, RefreshToken) else generate_token(32)
        if isinstance(parent, Code):
            self.codes.redeemed[parent.code] = family
        if 'refresh_token' in token:
            record = RefreshToken(
                token['refresh_token'],
                request.client.client_id,
                parent.scope,
                parent.session,
                family,
                parent.acr,
                parent.resources,
            )
            self.refresh_tokens.keep(record)

    def issue(
        self, client: Client, user: Person, scope: str, audience: str, with_refresh_token: bool
    ) -> dict[str, Any]:
        """The token response for this audience (RFC 6749 §5.1)."""
        now, lifetime = int(time.time()), self.token_lifetime()
        scope = self.resources.scope(audience, scope)
        claims = {
            'iss': self.issuer,
            'sub': user.subject,
            'aud': audience,
            'client_id': client.client_id,
            'iat': now,
            'exp': now + lifetime,
            'jti': generate_token(24),
            'scope': scope,
        }
        token = {'token_type': 'Bearer', 'access_token': self.key.sign(claims, ACCESS_TOKEN)}
        if with_refresh_token:
            token['refresh_token'] = generate_token(48)
        return {**token, 'expires_in': lifetime, 'scope': scope}


class Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = AUTH_METHODS

    def query_token(self, token_string: str, token_type_hint: str | None) -> RefreshToken | None:
        return self.server.refresh_tokens.find(token_string)  # type: ignore[no-any-return]  # Authlib is untyped

    def revoke_token(self, token: RefreshToken, request: Request) -> None:
        self.server.refresh_tokens.revoke(token.family)


class EndSession(EndSessionEndpoint):
    def get_server_jwks(self) -> dict[str, Any]:
        return self.server.key.public_set()  # type: ignore[no-any-return]  # Authlib is untyped

    def end_session(self, end_session_request: Any) -> None:
        """The web layer forgets the cookie."""
