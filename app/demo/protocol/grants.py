"""The grants and what they are made of: codes with PKCE, refresh tokens with rotation, ID tokens."""

from __future__ import annotations

import time
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.errors import InteractionRequiredError
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import KeySet

from ..acr import METHODS, is_reached, told
from ..messages import AUTH_METHODS, Client, Request
from ..people import BY_SUBJECT, Person
from ..records import CODE_LIFETIME, Code, RefreshToken

ID_TOKEN_LIFETIME = 3600  # seconds


class ForResource:
    """A grant whose access token is for the API that the token request names (RFC 8707 §2.2)."""

    request: Request
    server: Any
    GRANT_TYPE: str

    def generate_token(self, user: Person, scope: str, **_: Any) -> dict[str, Any]:
        granted = (self.request.authorization_code or self.request.refresh_token).resources
        audience = self.server.resources.audience(self.request.payload, granted)
        with_refresh_token = self.GRANT_TYPE == 'refresh_token' or 'offline_access' in scope.split()
        return self.server.issue(self.request.client, user, scope, audience, with_refresh_token)  # type: ignore[no-any-return]  # Authlib is untyped


class CodeGrant(ForResource, AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def save_authorization_code(self, code: str, request: Request) -> None:
        data = request.payload.data
        assert request.session is not None  # noqa: S101 - only a person who is signed in gets here
        self.server.codes.keep(
            Code(
                code=code,
                client_id=request.client.client_id,
                redirect_uri=request.payload.redirect_uri,
                scope=request.user.granted(request.scope),
                nonce=data.get('nonce'),
                code_challenge=data['code_challenge'],
                code_challenge_method=data['code_challenge_method'],
                session=request.session,
                acr=told(request.session.acr, data.get('acr_values', '')),
                resources=self.server.resources.requested(request.payload),
                expires_at=time.time() + CODE_LIFETIME,
            )
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        kept: Code | None = self.server.codes.take(code, client.client_id)
        if kept is None and (family := self.server.codes.redeemed.get(code)):
            self.server.refresh_tokens.revoke(family)  # a replayed code (RFC 6749 §4.1.2)
        return kept

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Taking it was deleting it."""

    def authenticate_user(self, authorization_code: Code) -> Person:
        return BY_SUBJECT[authorization_code.session.subject]


class RefreshGrant(ForResource, RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshToken | None:
        return self.server.refresh_tokens.find(refresh_token)  # type: ignore[no-any-return]  # Authlib is untyped

    def authenticate_user(self, refresh_token: RefreshToken) -> Person:
        return BY_SUBJECT[refresh_token.session.subject]

    def revoke_old_credential(self, refresh_token: RefreshToken) -> None:
        if not self.server.refresh_tokens.use(refresh_token):
            raise InvalidGrantError('The refresh token was used by two requests at once.')


class OnlyS256(CodeChallenge):
    """PKCE for everybody, and not with `plain`."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ('S256',)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if data.get('code_challenge_method') != 'S256' or not data.get('code_challenge'):
            raise InvalidRequestError('PKCE with code_challenge_method S256 is required')
        super().validate_code_challenge(grant, redirect_uri)


class Wishes:
    """What an authorization request may ask for beyond the standard grant: APIs, a level; and how it has to come."""

    def __call__(self, grant: Any) -> None:
        grant.register_hook('after_validate_authorization_request_payload', self.check)
        grant.register_hook('after_validate_consent_request', self.check_level)

    def check(self, grant: Any, _redirect_uri: str | None) -> None:
        """Raises `InvalidTarget`, or `InvalidRequestError` for what was not pushed (RFC 9126 §5)."""
        if grant.server.pushed.are_required and not grant.request.is_pushed:
            raise InvalidRequestError('This provider takes pushed authorization requests only.')
        grant.server.resources.requested(grant.request.payload)

    def check_level(self, grant: Any, redirect_uri: str) -> None:
        """Raises `InteractionRequiredError` where only a person could do what it wants (OpenID Connect Core §3.1.2.6).

        It is no case for `unmet_authentication_requirements`, which says that nothing here could meet them.
        """
        data, session = grant.request.payload.data, grant.request.session
        if data.get('prompt') == 'none' and session and not is_reached(session.acr, data.get('acr_values', '')):
            raise InteractionRequiredError('A second factor is needed.', redirect_uri=redirect_uri)


class IdToken(OpenIDCode):
    """ID tokens, also on a refresh."""

    server: Any  # of the grant, which is made for one request

    def exists_nonce(self, nonce: str, request: Request) -> bool:
        return False

    def generate_user_info(self, user: Person, scope: str) -> dict[str, Any]:
        return self.server.directory.present(user).claims(scope)  # type: ignore[no-any-return]  # Authlib is untyped

    def __call__(self, grant: Any) -> None:
        self.server = grant.server
        super().__call__(grant)

    def get_compatible_claims(self, request: Request) -> dict[str, Any]:
        now, parent = int(time.time()), request.authorization_code or request.refresh_token
        return {
            'iss': self.server.issuer,
            'aud': request.client.client_id,
            'iat': now,
            'exp': now + ID_TOKEN_LIFETIME,
            'auth_time': parent.session.auth_time,
            'acr': parent.acr,
            'amr': METHODS[parent.session.acr],
            'sid': parent.session.sid,
        }

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return self.server.key.header  # type: ignore[no-any-return]  # Authlib is untyped

    def get_client_algorithm(self, client: Client) -> str:
        return self.server.key.header['alg']  # type: ignore[no-any-return]  # Authlib is untyped

    def resolve_client_private_key(self, client: Client) -> KeySet:
        return self.server.key.key_set()  # type: ignore[no-any-return]  # Authlib is untyped
