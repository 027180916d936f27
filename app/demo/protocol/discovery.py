"""What the demo provider says of itself (OpenID Connect Discovery §3)."""

from __future__ import annotations

from typing import Any

from ..acr import LEVELS
from ..keys import ALGORITHM
from ..messages import AUTH_METHODS, SCOPES
from .client_assertion import ALGORITHMS

ENDPOINTS = {
    'authorization_endpoint': 'authorize',
    'token_endpoint': 'token',
    'userinfo_endpoint': 'userinfo',
    'revocation_endpoint': 'revoke',
    'end_session_endpoint': 'end-session',
    'pushed_authorization_request_endpoint': 'par',
    'jwks_uri': 'jwks',
}


def discovery(issuer: str, *, requires_pushed: bool) -> dict[str, Any]:
    """The document of the provider with this issuer."""
    return {
        'issuer': issuer,
        **{name: f'{issuer}/{path}' for name, path in ENDPOINTS.items()},
        'scopes_supported': SCOPES,
        'response_types_supported': ['code'],
        'prompt_values_supported': ['none', 'login', 'select_account'],
        'response_modes_supported': ['query', 'fragment', 'form_post'],
        'grant_types_supported': ['authorization_code', 'refresh_token'],
        'subject_types_supported': ['public'],
        'acr_values_supported': LEVELS,
        'id_token_signing_alg_values_supported': [ALGORITHM],
        'token_endpoint_auth_methods_supported': AUTH_METHODS,
        'token_endpoint_auth_signing_alg_values_supported': ALGORITHMS,
        'code_challenge_methods_supported': ['S256'],
        'authorization_response_iss_parameter_supported': True,
        'require_pushed_authorization_requests': requires_pushed,
    }
