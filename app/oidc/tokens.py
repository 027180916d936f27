"""The token request, and the check of its response (RFC 6749 §4.1.3, §5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

import jwt
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from ..errors import ProviderFailed
from .authorization import AuthorizationRequest
from .client_auth.request import TokenRequest as TokenRequest
from .client_auth.request import authenticated_request
from .endpoints.audience_request import code_parameters, refresh_parameters
from .id_token import Claims
from .metadata import Metadata, Registration

AccessTokenKind = Literal['opaque', 'jwt', 'at+jwt']
LONGEST_LIFETIME = 100 * 365 * 86_400.0  # seconds; whatever is said to live longer can wait to be renewed
GRANTED = (
    'access_token',
    'token_type',
    'id_token',
    'refresh_token',
    'expires_in',
    'scope',
)  # RFC 6749 §5.1, Core §3.1.3.3
_DECIMAL = re.compile(r'[0-9]{1,15}(\.[0-9]{1,15})?')
_VISIBLE = re.compile('[ -~]+')  # what an access token consists of (RFC 6749 appendix A.12)


@dataclass(frozen=True, slots=True)
class TokenResponse:
    """What the token endpoint granted; `expires_in` in seconds, None where the provider does not say."""

    access_token: str = field(repr=False)
    id_token: str | None = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_in: float | None
    scope: str


class UnusableTokens(ProviderFailed):
    """The token endpoint granted something that cannot be used, however often it is looked at."""


@dataclass(frozen=True, slots=True)
class UncheckedTokens:
    """What the token endpoint has answered, as it came: to be kept at once, and not to be used before it is checked.

    A refresh token in it may be the only one that is still good. `requested` is the scope that was asked for, `before`
    the one of a session that has a refresh token. `requested_at` is in seconds since the epoch. `nonce` is what the ID
    token has to have; None if it came with a refresh. `audience` is another API that the access token is for; None if
    it is the session's own.
    """

    document: dict[str, Any] = field(repr=False)
    requested: str
    before: str
    requested_at: float
    nonce: str | None = field(default=None, repr=False)
    audience: str | None = None

    @property
    def is_refresh(self) -> bool:
        return self.nonce is None

    @property
    def refresh_token(self) -> str | None:
        return _text(self.document.get('refresh_token'))

    def is_outlived(self, now: float) -> bool:
        """Whether the access token has expired before anybody could use it."""
        expires_in = _seconds(self.document.get('expires_in'))
        return expires_in is not None and now >= self.requested_at + expires_in


@dataclass(frozen=True, slots=True)
class Grant:
    """What a redeemed code, or a refresh, brought: the tokens, and the checked claims of the ID token.

    `requested_at` is the moment before the request, in seconds since the epoch: `expires_in` counts from there.
    """

    tokens: TokenResponse
    id_token: str = field(repr=False)
    claims: Claims
    requested_at: float

    def granted(self, scope: str) -> str:
        """Those of these scopes that were granted."""
        return ' '.join(name for name in scope.split() if name in self.tokens.scope.split())


def code_token_request(
    metadata: Metadata, registration: Registration, request: AuthorizationRequest, code: str
) -> TokenRequest:
    """The request that redeems a code, with its PKCE verifier (RFC 7636 §4.5)."""
    extra = code_parameters(registration, metadata.issuer, request.audience)
    proof = {'code': code, 'code_verifier': request.code_verifier}
    body = prepare_token_request('authorization_code', redirect_uri=request.redirect_uri, **proof, **extra)
    return _authenticated(metadata, registration, body)


def refresh_token_request(
    metadata: Metadata, registration: Registration, refresh_token: str, audience: str | None = None
) -> TokenRequest:
    """The request for new tokens without a browser (RFC 6749 §6), for the same scope, and the API `audience`."""
    extra = refresh_parameters(registration, metadata.issuer, audience)
    body = prepare_token_request('refresh_token', refresh_token=refresh_token, **extra)
    return _authenticated(metadata, registration, body)


def check_token_response(document: dict[str, Any], requested_scope: str) -> TokenResponse:
    """The token response (RFC 6749 §5.1); an omitted `scope` means the requested one.

    Raises `UnusableTokens` if it has no bearer access token.
    """
    access_token, token_type = document.get('access_token'), document.get('token_type')
    if not isinstance(access_token, str) or not _VISIBLE.fullmatch(access_token):
        raise UnusableTokens('the token response has no usable access token')
    if not isinstance(token_type, str) or token_type.lower() != 'bearer':
        raise UnusableTokens(f'the token response has the token type {token_type!r}')
    return TokenResponse(
        access_token=access_token,
        id_token=_text(document.get('id_token')),
        refresh_token=_text(document.get('refresh_token')),
        expires_in=_seconds(document.get('expires_in')),
        scope=_text(document.get('scope')) or requested_scope,
    )


def kind_of(access_token: str) -> AccessTokenKind:
    """What an access token is, by its looks only: a client has no business with what is in it (RFC 9068 §6)."""
    try:
        typ = str(jwt.get_unverified_header(access_token).get('typ', '')).lower()
    except (jwt.InvalidTokenError, ValueError):
        return 'opaque'
    return 'at+jwt' if typ.removeprefix('application/') == 'at+jwt' else 'jwt'


def _authenticated(metadata: Metadata, registration: Registration, body: str) -> TokenRequest:
    url, offered = metadata.token_endpoint, metadata.token_auth_methods
    return authenticated_request(metadata, url, offered, registration, body)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _seconds(value: object) -> float | None:
    """A lifetime, `expires_in` (RFC 6749 §5.1); None where it is not said.

    | value                                              | means                           |
    |----------------------------------------------------|---------------------------------|
    | a positive number, fractions too                   | so many seconds                 |
    | the same in decimal digits, as text                | the same, as some providers say |
    | more than `LONGEST_LIFETIME`                       | `LONGEST_LIFETIME`              |
    | 0, negative, a bool, null, any other text or type  | not said                        |
    | NaN, Infinity, more digits than a number can have  | not said                        |
    """
    if isinstance(value, str):
        value = float(value) if _DECIMAL.fullmatch(value) else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    return min(seconds, LONGEST_LIFETIME) if 0 < seconds < float('inf') else None
