"""Why a request with an access token, or without one, is refused, in the words of RFC 6750 §3."""

from __future__ import annotations

import re
from collections.abc import Sequence

NOT_QUOTABLE = re.compile(r'[^\x20-\x21\x23-\x5b\x5d-\x7e]')  # of a description or scope (RFC 6750 §3)


class TokenRefused(Exception):
    """The request is refused with this HTTP status; `description` is for people.

    `error` is `invalid_token` (401), `insufficient_scope` (403), `insufficient_user_authentication` (401, RFC 9470), or
    None where there was no token at all (RFC 6750 §3.1); `scope`, `acr_values` and `max_age` are what would do.
    """

    def __init__(
        self,
        status: int,
        error: str | None,
        description: str,
        scope: str | None = None,
        *,
        acr_values: str = '',
        max_age: int | None = None,
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.error = error
        self.scope = scope
        self.acr_values = acr_values
        self.max_age = max_age

    def challenge(self, realm: str) -> str:
        """The `WWW-Authenticate` header."""
        values = {'realm': realm, 'scope': self.scope}
        if self.error:
            values |= {'error': self.error, 'error_description': self.description}
        values |= {'acr_values': self.acr_values, 'max_age': None if self.max_age is None else str(self.max_age)}
        return 'Bearer ' + ', '.join(f'{name}="{_quotable(value)}"' for name, value in values.items() if value)


def invalid_token(description: str) -> TokenRefused:
    """The token is none, or none for here."""
    return TokenRefused(401, 'invalid_token', description)


def missing_scope(scope: str) -> TokenRefused:
    """The token is good, and does not allow this."""
    return TokenRefused(403, 'insufficient_scope', f'This needs the scope {scope}.', scope)


def insufficient_authentication(acr: Sequence[str], max_age: int | None) -> TokenRefused:
    """The person has to sign in once more, in one of these ways, or more recently (RFC 9470 §3)."""
    return TokenRefused(
        401,
        'insufficient_user_authentication',
        'This needs a sign-in that is stronger, or more recent.',
        acr_values=' '.join(acr),
        max_age=max_age,
    )


def _quotable(value: str) -> str:
    return NOT_QUOTABLE.sub('?', value)
