"""How a token endpoint says no, by status and body, as providers really do (RFC 6749 §5.2 has only the first two).

to a refresh token                                                        | it is
--------------------------------------------------------------------------+---------------------------------------------
400 `invalid_grant` (401 and 403 too)                                     | refused: a person has to sign in
400, 401 `invalid_client`, `unauthorized_client`, `invalid_scope`, ...    | about this app: its operator has to mend it
`server_error`, `temporarily_unavailable`, `slow_down`, whatever status   | a bad moment: it is tried again
`interaction_required`, `login_required`, `consent_required`              | refused: a person has to sign in
`invalid_request`, "session not found" and the like                       | refused
`invalid_request` in other words, or in none                              | about this app
an `error` of their own (`bad_refresh_token`, an object), 200 included    | refused
400 with JSON that has no `error`, or with nothing                        | refused
401, 403 without `error`                                                  | about this app, as far as anybody can tell
a page (HTML), 404, 408, 429, 5xx, a redirect                             | a bad moment: who knows who answered

What is not sure costs nothing: the refresh token stays, it is tried again, and once the access token has expired the
page offers to sign in. To a code, whatever has an `error` is the error that it stands for, 200 included.
"""

from __future__ import annotations

import re
from typing import Any

from ..errors import AuthError, ClientRefused, CodeRefused, InvalidResponse, RefreshTokenRefused
from ..errors.codes import BY_PROVIDER_CODE, MAX_DESCRIPTION, from_provider

_ABOUT_THE_TOKEN = re.compile(
    r'session|refresh.?token|expired|revoked|in.?active|not active|invalid.{0,20}token|token.{0,20}(invalid|not found)',
    re.IGNORECASE,
)
_PASSING = {408, 425, 429}  # of the statuses with 4, those that speak of the moment


def code_refusal(status: int, document: dict[str, Any] | None, *, is_empty: bool = False) -> AuthError | None:
    """The error that a token endpoint answers to a code with status 200; None where the status says it all."""
    if status not in range(200, 300) or is_empty or document is None or 'access_token' in document:
        return None
    error = document.get('error')
    return from_provider(error, _description(document)) if isinstance(error, str) else None


def refresh_refusal(status: int, document: dict[str, Any] | None, *, is_empty: bool) -> AuthError | None:
    """The error that the answer to a refresh token stands for; None if it is none, or nobody can tell what it means.

    `document` is None where the body is no JSON object.
    """
    is_success = status in range(200, 300)
    if not (is_success or status in range(400, 500)) or status in _PASSING or (document is None and not is_empty):
        return None
    document = document or {}
    error = document.get('error')
    if error is None and status not in {400, 401, 403}:
        return None
    if is_success and 'access_token' in document:
        return None
    if error is None:
        detail = f'the refresh token was answered with HTTP {status}, without a word'
        words = _description(document)
        return (
            RefreshTokenRefused(detail, description=words[:MAX_DESCRIPTION]) if status == 400 else ClientRefused(detail)
        )
    return _judged(error, _description(document))


def _judged(error: object, description: str) -> AuthError:
    if not isinstance(error, str) or error not in BY_PROVIDER_CODE:
        found: AuthError = InvalidResponse(f'an error of its own: {str(error)[:200]!r}')
    else:
        found = from_provider(error, description)
    is_dead = isinstance(found, CodeRefused | InvalidResponse) or (
        error == 'invalid_request' and _ABOUT_THE_TOKEN.search(description)
    )
    return RefreshTokenRefused(str(found), description=description[:MAX_DESCRIPTION]) if is_dead else found


def _description(document: dict[str, Any]) -> str:
    """The provider's own words, wherever it has put them."""
    error = document.get('error')
    places = [document.get('error_description'), document.get('message'), document.get('reason')]
    places += [error.get('message')] if isinstance(error, dict) else []
    return next((words for words in places if isinstance(words, str) and words), '')
