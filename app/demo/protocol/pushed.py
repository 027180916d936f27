"""Pushed authorization requests (RFC 9126)."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import Endpoint
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oidc.core.errors import InvalidRequestURIError

from ..messages import AUTH_METHODS, Request
from ..people import PEOPLE

LIFETIME = 60.0  # seconds
PREFIX = 'urn:ietf:params:oauth:request_uri:'  # RFC 9126 §2.2

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Pushed:
    """An authorization request of this client; `expires_at` in seconds since the epoch."""

    client_id: str
    pairs: Pairs
    expires_at: float


class PushedRequests:
    """Those that were not used yet, by their `request_uri`; `are_required` refuses every other (RFC 9126 §5)."""

    def __init__(self, *, are_required: bool) -> None:
        self.are_required = are_required
        self._kept: dict[str, Pushed] = {}

    def keep(self, pairs: Pairs, lifetime: float = LIFETIME) -> str:
        """The request URI that stands for the request, once."""
        now = time.time()
        self._kept = {uri: pushed for uri, pushed in self._kept.items() if pushed.expires_at > now}
        request_uri = PREFIX + secrets.token_urlsafe(32)
        self._kept[request_uri] = Pushed(dict(pairs)['client_id'], pairs, now + lifetime)
        return request_uri

    def resolve(self, pairs: Pairs) -> tuple[Pairs, bool]:
        """The request that was pushed, if these name one, else themselves; and whether it was pushed.

        Raises `InvalidRequestURIError` for one that was used, that expired or that another client pushed. What else is
        sent beside a request URI does not count (RFC 9101 §6.3).
        """
        params = dict(pairs)
        if 'request_uri' not in params:
            return pairs, False
        pushed = self._kept.get(params['request_uri'])
        if pushed is None or pushed.client_id != params.get('client_id') or pushed.expires_at <= time.time():
            raise InvalidRequestURIError('The pushed request is unknown, was used, or has expired.')
        del self._kept[params['request_uri']]
        return pushed.pairs, True


class PushedAuthorization(Endpoint):
    """The endpoint: what is wrong with a request is said here already, to the client itself (RFC 9126 §2.3)."""

    ENDPOINT_NAME = 'pushed_authorization'

    def create_endpoint_response(self, request: Request) -> tuple[int, Any, list[tuple[str, str]]]:
        client = self.server.authenticate_client(request, AUTH_METHODS, self.ENDPOINT_NAME)
        pairs = _authorization_request(request.payload.pairs, client.client_id)
        self._check(Request('GET', request.uri, {}, pairs, is_pushed=True))
        request_uri = self.server.pushed.keep(pairs)
        return 201, {'request_uri': request_uri, 'expires_in': int(LIFETIME)}, []

    def _check(self, request: Request) -> None:
        """Raises the error that the authorization endpoint would; who will be signed in there is not known yet."""
        try:
            self.server.get_consent_grant(request, end_user=next(iter(PEOPLE.values())))
        except OAuth2Error as error:
            error.redirect_uri = error.state = None
            raise
        except ValueError:  # Authlib cannot put what was sent into the words of an error (RFC 6749 §4.1.2.1)
            raise InvalidRequestError('The request is malformed.') from None


def _authorization_request(pairs: Pairs, client_id: str) -> Pairs:
    """The parameters, with the client's id among them; raises `InvalidRequestError`."""
    names = {name for name, _ in pairs}
    if 'request_uri' in names:
        raise InvalidRequestError('A request_uri cannot be pushed.')
    if any(value != client_id for name, value in pairs if name == 'client_id'):
        raise InvalidRequestError('The client_id is not that of the client that pushes.')
    return pairs if 'client_id' in names else [*pairs, ('client_id', client_id)]
