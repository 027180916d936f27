"""Which error a code stands for: the provider's codes, and our own."""

from __future__ import annotations

from . import (
    AccessDenied,
    AudienceRefused,
    AuthError,
    ClientRefused,
    CodeRefused,
    InteractionRequired,
    InvalidResponse,
    ProviderFailed,
)

MAX_DESCRIPTION = 1000  # characters of the provider's own words that are kept; a page quotes them

# RFC 6749 §4.1.2.1 and §5.2, OpenID Connect Core §3.1.2.6
BY_PROVIDER_CODE: dict[str, type[AuthError]] = {
    'login_required': InteractionRequired,
    'interaction_required': InteractionRequired,
    'consent_required': InteractionRequired,
    'account_selection_required': InteractionRequired,
    'access_denied': AccessDenied,
    'server_error': ProviderFailed,
    'temporarily_unavailable': ProviderFailed,
    'slow_down': ProviderFailed,
    'invalid_grant': CodeRefused,
    'invalid_client': ClientRefused,
    'unauthorized_client': ClientRefused,
    'invalid_request': ClientRefused,
    'invalid_request_uri': ClientRefused,
    'invalid_scope': ClientRefused,
    'invalid_target': AudienceRefused,
    'unsupported_grant_type': ClientRefused,
    'unsupported_response_type': ClientRefused,
}


def from_provider(code: str, description: str = '') -> AuthError:
    """The error that the provider's `error` code stands for; an unknown code is `InvalidResponse`."""
    kind, description = BY_PROVIDER_CODE.get(code), description[:MAX_DESCRIPTION]
    if kind is None:
        detail = f'the provider answered with the unknown error {code[:100]!r}'
        return InvalidResponse(detail, description=description)
    return kind(f'the provider answered {code}: {description[:200]!r}', code=code, description=description)


def by_code(code: str) -> AuthError:
    """An error with this code, as far as it is known without the circumstances; else the plain `AuthError`."""
    kinds = kinds_by_code()
    return kinds[code](code=code) if code in kinds else AuthError()


def kinds_by_code() -> dict[str, type[AuthError]]:
    """The kind of error of each code; the plain `AuthError` has none."""
    return {kind.code: kind for kind in _descendants(AuthError) if 'code' in vars(kind)} | BY_PROVIDER_CODE


def _descendants(kind: type[AuthError]) -> list[type[AuthError]]:
    return [found for child in kind.__subclasses__() for found in (*_descendants(child), child)]
