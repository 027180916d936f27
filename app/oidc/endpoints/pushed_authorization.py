"""Pushed authorization requests (RFC 9126): the server tells the provider first what a browser is going to ask for.

| `par`    | the provider has the endpoint         | it has none                                                     |
|----------|---------------------------------------|-----------------------------------------------------------------|
| `auto`   | pushed, if the provider requires that | not pushed; `discovery_invalid` if it says that it requires it  |
| `always` | pushed                                | `discovery_invalid`                                             |
| `never`  | not pushed                            | not pushed                                                      |

What is left in the URL is `client_id` and `request_uri` (§4), beside what the provider has in its own address.

A `request_uri` is good for a minute or so, and often once. Who comes back to it later (Back, a bookmark, a restored
tab) is told so by the provider: it cannot send anybody back to us, since where to was in what it has forgotten. If one
does answer `invalid_request_uri` here, the sign-in begins anew, as for an unknown `state`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from authlib.common.urls import add_params_to_uri

from ...clock import Clock
from ...errors import ClientRefused, DiscoveryInvalid, ProviderFailed
from ..authorization import AuthorizationRequest
from ..client_auth.request import TokenRequest, authenticated_request, ready
from ..http import ask
from ..metadata import Metadata, Registration
from .discovery import Discovery

_REQUEST_URI = re.compile(r'[!-~]{1,1500}')  # visible ASCII; it becomes a part of a URL


class PushedAuthorization:
    """Pushes the requests of one client to one provider, where they have to be."""

    def __init__(self, http: httpx.AsyncClient, discovery: Discovery, registration: Registration, clock: Clock) -> None:
        self._http = http
        self._discovery = discovery
        self._registration = registration
        self._clock = clock

    async def pushed(self, request: AuthorizationRequest) -> AuthorizationRequest:
        """The request with the URL that the browser is to open; the same one if it need not be pushed.

        Raises what the provider's `error` stands for (RFC 9126 §2.3), `ProviderUnreachable`, `ProviderFailed`, and
        `DiscoveryInvalid` where there is nowhere to push it to.
        """
        try:
            return await self._discovery.consult(partial(self._push, request))
        except ClientRefused as error:  # it may want another authentication than it did
            self._discovery.doubt(str(error))
            raise

    async def _push(self, request: AuthorizationRequest, metadata: Metadata) -> AuthorizationRequest:
        if not is_pushed(metadata, self._registration):
            return request
        registration = await ready(self._registration, self._clock.now())
        post = pushed_authorization_request(metadata, registration, request)
        document = await ask(self._http, 'POST', post.url, headers=post.headers, content=post.body)
        return replace(request, url=pushed_url(metadata, registration, check_pushed_response(document)))


def is_pushed(metadata: Metadata, registration: Registration) -> bool:
    """Whether requests are pushed, as the table above has it."""
    if registration.par == 'never':
        return False
    return registration.par == 'always' or metadata.requires_pushed_requests


def pushed_authorization_request(
    metadata: Metadata, registration: Registration, request: AuthorizationRequest
) -> TokenRequest:
    """The POST of all that the URL of the request has in it (§2.1). Raises `DiscoveryInvalid` if it has no place."""
    endpoint = metadata.pushed_authorization_request_endpoint
    if endpoint is None:
        raise DiscoveryInvalid('the discovery document has no usable pushed_authorization_request_endpoint')
    its_own = parse_qsl(urlsplit(metadata.authorization_endpoint).query, keep_blank_values=True)
    pairs = [pair for pair in parse_qsl(urlsplit(request.url).query, keep_blank_values=True) if pair not in its_own]
    body = urlencode([(name, value) for name, value in pairs if name != 'client_id'])
    post = authenticated_request(metadata, endpoint, metadata.token_auth_methods, registration, body)
    if 'client_id' in dict(parse_qsl(post.body)):
        return post
    client_id = urlencode({'client_id': registration.client_id})  # a parameter (§2.1), even where a header has it too
    return replace(post, body=f'{client_id}&{post.body}')


def check_pushed_response(document: dict[str, Any]) -> str:
    """The `request_uri` in the response (§2.2). Raises `ProviderFailed` if it has none that can be used."""
    request_uri = document.get('request_uri')
    if not isinstance(request_uri, str) or not _REQUEST_URI.fullmatch(request_uri):
        raise ProviderFailed('the answer to a pushed authorization request has no usable request_uri')
    return request_uri


def pushed_url(metadata: Metadata, registration: Registration, request_uri: str) -> str:
    """Where the browser is sent (§4)."""
    params = [('client_id', registration.client_id), ('request_uri', request_uri)]
    return str(add_params_to_uri(metadata.authorization_endpoint, params))
