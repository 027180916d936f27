"""RP-initiated logout (OpenID Connect RP-Initiated Logout §2)."""

from __future__ import annotations

from authlib.common.urls import add_params_to_uri

from .metadata import Metadata, Registration


def end_session_url(
    metadata: Metadata, registration: Registration, post_logout_redirect_uri: str, id_token_hint: str | None
) -> str | None:
    """Where to send the browser so that the provider ends its session too; None if it offers no such place."""
    if metadata.end_session_endpoint is None:
        return None
    params = [('client_id', registration.client_id), ('post_logout_redirect_uri', post_logout_redirect_uri)]
    if id_token_hint:
        params.append(('id_token_hint', id_token_hint))
    return str(add_params_to_uri(metadata.end_session_endpoint, params))
