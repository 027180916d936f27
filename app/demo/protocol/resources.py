"""What the demo's access tokens are for: the APIs behind it, each by its URL (RFC 8707)."""

from __future__ import annotations

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import OAuth2Payload

from ...settings import DEMO_API_PATH
from ..people import API_SCOPES

REPORTS = '/reports'  # below the issuer, as DEMO_API_PATH is


class InvalidTarget(OAuth2Error):
    """The resource is unknown here, or was not granted (RFC 8707 §2)."""

    error = 'invalid_target'


class Resources:
    """The APIs behind one issuer; a token is for one of them at a time."""

    def __init__(self, issuer: str) -> None:
        self._default = f'{issuer}{DEMO_API_PATH}'
        self._scopes = {self._default: API_SCOPES, f'{issuer}{REPORTS}': frozenset[str]()}

    def requested(self, payload: OAuth2Payload) -> tuple[str, ...]:
        """Those that an authorization request names, if any; raises `InvalidTarget`."""
        resources = tuple(dict.fromkeys(payload.datalist.get('resource', ())))
        if not self._scopes.keys() >= set(resources):
            raise InvalidTarget('There is no such API here.')
        return resources

    def audience(self, payload: OAuth2Payload, granted: tuple[str, ...]) -> str:
        """The one that a token request is for; raises `InvalidTarget`.

        An authorization request that named none leaves the choice to the token request. Auth0's name for it is
        `audience`, with a refresh token only, since at Auth0 a code is for what its authorization request said.
        """
        names = ('resource', 'audience') if payload.grant_type == 'refresh_token' else ('resource',)
        wanted: set[str] = {value for name in names for value in payload.datalist.get(name, ())}
        if len(wanted) > 1:
            raise InvalidTarget('A token is for one API only.')
        if wanted - (set(granted) or self._scopes.keys()):
            raise InvalidTarget('There is no such API here, or the sign-in did not ask for it.')
        return next(iter([*wanted, *granted, self._default]))

    def scope(self, audience: str, scope: str) -> str:
        """The part of the scope that means something to this API or to the provider itself (RFC 8707 §2.2)."""
        foreign = API_SCOPES - self._scopes[audience]
        return ' '.join(name for name in scope.split() if name not in foreign)
