"""What a well-behaved provider says, with changes; a change to None leaves the member out."""

from __future__ import annotations

from typing import Any

from app.oidc.authorization import AuthorizationRequest, authorization_request
from app.oidc.metadata import Metadata, Registration, check_metadata
from tests.clock import START

ISSUER = 'https://login.example.com'
CALLBACK = 'https://app.example.com/callback'
CLIENT_ID = 'app'
REGISTRATION = Registration(CLIENT_ID, 'openid profile email')


def discovery(issuer: str = ISSUER, **changes: Any) -> dict[str, Any]:
    return _changed(
        {
            'issuer': issuer,
            'authorization_endpoint': f'{issuer}/authorize',
            'token_endpoint': f'{issuer}/token',
            'jwks_uri': f'{issuer}/jwks',
            'userinfo_endpoint': f'{issuer}/userinfo',
            'end_session_endpoint': f'{issuer}/logout',
            'id_token_signing_alg_values_supported': ['RS256', 'RS512', 'PS256', 'ES256', 'EdDSA', 'HS256', 'none'],
        },
        changes,
    )


def metadata(**changes: Any) -> Metadata:
    return check_metadata(discovery(**changes), ISSUER)


def authorization(**changes: Any) -> AuthorizationRequest:
    return authorization_request(metadata(**changes), REGISTRATION, CALLBACK)


def id_token_claims(**changes: Any) -> dict[str, Any]:
    return _changed(
        {
            'iss': ISSUER,
            'sub': 'alice',
            'aud': CLIENT_ID,
            'iat': START,
            'exp': START + 300,
            'nonce': 'the-nonce',
        },
        changes,
    )


def token_document(**changes: Any) -> dict[str, Any]:
    return _changed({'access_token': 'the-access-token', 'token_type': 'Bearer', 'expires_in': 120}, changes)


def _changed(document: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (document | changes).items() if value is not None}
