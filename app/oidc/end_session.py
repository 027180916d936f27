"""RP-initiated logout (OpenID Connect RP-Initiated Logout §2)."""

from __future__ import annotations

from authlib.common.urls import add_params_to_uri

from .id_token import fits
from .metadata import Metadata, Registration


def end_session_url(
    metadata: Metadata,
    registration: Registration,
    post_logout_redirect_uri: str,
    id_token_hint: str | None,
    logout_hint: str | None = None,
) -> str | None:
    """Where to send the browser so that the provider ends its session too; None if it offers no such place.

    Without the ID token, none or one that is too long for a URL, `logout_hint` says whose session is meant.
    """
    if metadata.end_session_endpoint is None:
        return None
    params = _params(registration, post_logout_redirect_uri)
    plain = str(add_params_to_uri(metadata.end_session_endpoint, params))
    if id_token_hint and fits(url := str(add_params_to_uri(plain, [('id_token_hint', id_token_hint)]))):
        return url
    if logout_hint and fits(url := str(add_params_to_uri(plain, [('logout_hint', logout_hint)]))):
        return url
    return plain


def end_session_form(
    metadata: Metadata, registration: Registration, post_logout_redirect_uri: str, id_token_hint: str | None
) -> tuple[str, dict[str, str]] | None:
    """Where a POST goes and what it sends, for an ID token that a URL has no room for; None if there is no need.

    It is not the first choice: with a POST from another site browsers send no cookie that is `SameSite=Lax`, and a
    provider whose cookie is finds no session then that it could end.
    """
    if metadata.end_session_endpoint is None or not id_token_hint:
        return None
    params = [*_params(registration, post_logout_redirect_uri), ('id_token_hint', id_token_hint)]
    has_room = fits(str(add_params_to_uri(metadata.end_session_endpoint, params)))
    return None if has_room else (metadata.end_session_endpoint, dict(params))


def _params(registration: Registration, post_logout_redirect_uri: str) -> list[tuple[str, str]]:
    return [('client_id', registration.client_id), ('post_logout_redirect_uri', post_logout_redirect_uri)]
