"""The revocation request (RFC 7009); of its response nothing counts but whether it is a success (§2.2)."""

from __future__ import annotations

from urllib.parse import urlencode

from .metadata import Metadata, Registration
from .tokens import TokenRequest, authenticated_request


def revocation_request(
    metadata: Metadata, registration: Registration, refresh_token: str | None, access_token: str
) -> TokenRequest | None:
    """The request that makes a session's tokens worthless (RFC 7009 §2.1); None if there is no place or nothing for it.

    It names the refresh token, with which the access tokens go too; the access token only where there is no other.
    """
    kind, token = ('refresh_token', refresh_token) if refresh_token else ('access_token', access_token)
    if metadata.revocation_endpoint is None or not token:
        return None
    body = urlencode({'token': token, 'token_type_hint': kind})
    offered = metadata.revocation_auth_methods or metadata.token_auth_methods
    return authenticated_request(metadata.revocation_endpoint, offered, registration, body)
