"""The token request, and the check of its response (RFC 6749 §4.1.3, §5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote_plus

import jwt
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import DEFAULT_HEADERS
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from ..errors import InvalidIdToken, ProviderFailed
from .authorization import AuthorizationRequest
from .id_token import Claims
from .metadata import Metadata, Registration

AccessTokenKind = Literal['opaque', 'jwt', 'at+jwt']
LONGEST_LIFETIME = 100 * 365 * 86_400.0  # seconds; whatever is said to live longer can wait to be renewed
_VISIBLE = re.compile('[ -~]+')  # what an access token consists of (RFC 6749 appendix A.12)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A POST to the token or the revocation endpoint, ready to be sent; it holds secrets."""

    url: str
    headers: dict[str, str] = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenResponse:
    """What the token endpoint granted; `expires_in` in seconds, None where the provider does not say."""

    access_token: str = field(repr=False)
    id_token: str | None = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_in: float | None
    scope: str


def code_token_request(
    metadata: Metadata, registration: Registration, request: AuthorizationRequest, code: str
) -> TokenRequest:
    """The request that redeems a code, with its PKCE verifier (RFC 7636 §4.5)."""
    body = prepare_token_request(
        'authorization_code', redirect_uri=request.redirect_uri, code=code, code_verifier=request.code_verifier
    )
    return _authenticated(metadata, registration, body)


def refresh_token_request(metadata: Metadata, registration: Registration, refresh_token: str) -> TokenRequest:
    """The request for new tokens without a browser (RFC 6749 §6); for the same scope, so it names none."""
    return _authenticated(metadata, registration, prepare_token_request('refresh_token', refresh_token=refresh_token))


def check_token_response(document: dict[str, Any], requested_scope: str) -> TokenResponse:
    """The token response (RFC 6749 §5.1); an omitted `scope` means the requested one.

    Raises `ProviderFailed` if it has no bearer access token.
    """
    access_token, token_type = document.get('access_token'), document.get('token_type')
    if not isinstance(access_token, str) or not _VISIBLE.fullmatch(access_token):
        raise ProviderFailed('the token response has no usable access token')
    if not isinstance(token_type, str) or token_type.lower() != 'bearer':
        raise ProviderFailed(f'the token response has the token type {token_type!r}')
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
    return authenticated_request(metadata.token_endpoint, metadata.token_auth_methods, registration, body)


def authenticated_request(url: str, offered: frozenset[str], registration: Registration, body: str) -> TokenRequest:
    """The POST with the client's credentials, by client_secret_basic, client_secret_post or none (Core §9).

    `offered` are the methods of the endpoint at `url`.
    """
    client_id, secret = registration.client_id, registration.client_secret
    if secret is None:
        method = 'none'
    elif 'client_secret_post' in offered and ('client_secret_basic' not in offered or quote_plus(secret) != secret):
        method = 'client_secret_post'  # a form leaves no doubt about special characters; see below
    else:
        method = 'client_secret_basic'
        # RFC 6749 §2.3.1 has both encoded, which not every provider undoes; Authlib leaves it to us.
        client_id, secret = quote_plus(client_id), quote_plus(secret)
    url, headers, body = ClientAuth(client_id, secret, method).prepare('POST', url, dict(DEFAULT_HEADERS), body)
    return TokenRequest(url, headers, body)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _seconds(value: object) -> float | None:
    """A lifetime; some providers send it as text. What is no positive number counts as not said."""
    try:
        seconds = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else 0.0
    except (ValueError, OverflowError):
        return None
    return min(seconds, LONGEST_LIFETIME) if 0 < seconds < float('inf') else None


def check_userinfo(document: Claims, subject: str) -> Claims:
    """The userinfo claims, once they are the ID token's person's; raises `InvalidIdToken` if not (Core §5.3.4)."""
    if document.get('sub') != subject:
        raise InvalidIdToken('the userinfo response has another sub than the ID token')
    return document
