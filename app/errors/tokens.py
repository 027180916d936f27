"""Why there is no access token right now, or no answer of the API that it is for."""

from __future__ import annotations

from .auth_error import TransientError


class TokenExpired(TransientError):
    code = 'token_expired'
    title = 'The access token has expired'
    advice = 'It could not be renewed so far, and is tried again. Please try once more in a moment.'


class BrowserNeeded(TokenExpired):
    code = 'browser_needed'
    advice = (
        'Only an open page of this app could renew it, and none is open: open one. So that it is renewed without, the '
        'people who run this app have to ask for a refresh token (offline_access in OIDC_SCOPE).'
    )


class ApiUnreachable(TransientError):
    code = 'api_unreachable'
    title = 'The API cannot be reached'
    advice = 'It may be down, or its address (API_URL) may be wrong. This does not log you out; try again in a moment.'
    status = 502


class ApiSlow(TransientError):
    code = 'api_slow'
    title = 'The API did not answer in time'
    advice = 'Nobody knows whether it did what was asked. This does not log you out; try again in a moment.'
    status = 504


class TooManyRenewals(TransientError):
    code = 'too_many_renewals'
    title = 'That was renewed very often just now'
    advice = 'Your session is as it was. Try again in half a minute.'
    status = 429


class RenewalTooSoon(TransientError):
    code = 'renewal_too_soon'
    title = 'It is too soon to try again'
    advice = 'The sign-in service was not asked.'
    status = 429
