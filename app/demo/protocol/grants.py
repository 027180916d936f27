"""The grants and what they are made of: codes with PKCE, refresh tokens with rotation, ID tokens."""

from __future__ import annotations

import time
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import KeySet

from ..messages import Client, Request
from ..people import BY_SUBJECT, Person
from ..records import CODE_LIFETIME, Code, RefreshToken

ID_TOKEN_LIFETIME = 3600  # seconds


class CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ('none', 'client_secret_basic', 'client_secret_post')

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


class RefreshGrant(RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = CodeGrant.TOKEN_ENDPOINT_AUTH_METHODS
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
        now, session = int(time.time()), (request.authorization_code or request.refresh_token).session
        return {
            'iss': self.server.issuer,
            'aud': request.client.client_id,
            'iat': now,
            'exp': now + ID_TOKEN_LIFETIME,
            'auth_time': session.auth_time,
            'sid': session.sid,
        }

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return self.server.key.header  # type: ignore[no-any-return]  # Authlib is untyped

    def get_client_algorithm(self, client: Client) -> str:
        return self.server.key.header['alg']  # type: ignore[no-any-return]  # Authlib is untyped

    def resolve_client_private_key(self, client: Client) -> KeySet:
        return self.server.key.key_set()  # type: ignore[no-any-return]  # Authlib is untyped
