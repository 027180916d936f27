"""The authorization request, and the check of its response (RFC 6749 §4.1, OpenID Connect Core §3.1.2)."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from authlib.common.security import generate_token
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.client import OAuth2Client

from ..errors import InvalidResponse, MixedUp
from ..errors.codes import from_provider
from ..settings.provider import ResponseMode
from .client_auth.credential import APPLE
from .endpoints.audience_request import sign_in_resources
from .id_token import fits
from .metadata import ContradictsMetadata, Metadata, Registration
from .unsupported import ResponseEncoded

SILENT_RESPONSE_MODES = ('fragment', 'query')  # a fragment reaches no server log


class LacksIss(InvalidResponse, ContradictsMetadata):
    """The provider promised to name itself in each answer, and did not."""


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """One authorization request: the URL for the browser, and what its response is held against.

    The ID token has to have one of `acr`, and an `auth_time` that is at most `max_age` seconds ago. `more_scope` is
    what was asked for beyond the registration's scope, and `params` what silent requests of the session will have, too.
    `audience` is the other API that its access token is to be for; None for the session's own.
    """

    url: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)
    redirect_uri: str
    scope: str
    prompt: str = ''
    acr: tuple[str, ...] = ()
    max_age: int | None = None
    more_scope: str = ''
    params: Mapping[str, str] = field(default_factory=dict)
    audience: str | None = None


@dataclass(frozen=True, slots=True)
class AuthorizationResponse:
    """The parameters that came back through the browser: each at most once, none of them believed yet.

    `landed_at` is the path of the redirect URI that they came to; None where nobody asks, since it was checked before.
    """

    code: str | None = field(default=None, repr=False)
    state: str | None = field(default=None, repr=False)
    error: str | None = None
    error_description: str = ''
    iss: str | None = None
    landed_at: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing: neither yes nor no."""
        return self.code is None and self.error is None

    def query(self) -> str:
        """The response as the query of a URL, to be passed on within this app."""
        said = {name: value for name, value in asdict(self).items() if value and name != 'landed_at'}
        return urlencode(said if self.iss is None else said | {'iss': self.iss})  # an empty one is not none


def authorization_request(
    metadata: Metadata,
    registration: Registration,
    redirect_uri: str,
    params: Mapping[str, str] | None = None,
    **extra: str | None,
) -> AuthorizationRequest:
    """A code-flow request with PKCE S256 (RFC 7636), `state` and `nonce`.

    It asks for the audiences that are configured. `extra` parameters that are None are left out; `params` may have any
    name that the request has not yet.
    """
    state, nonce, code_verifier = generate_token(43), generate_token(43), generate_token(64)
    client = OAuth2Client(None, registration.client_id, code_challenge_method='S256')
    url, _ = client.create_authorization_url(
        metadata.authorization_endpoint,
        state=state,
        nonce=nonce,
        code_verifier=code_verifier,
        redirect_uri=redirect_uri,
        scope=registration.scope,
        audience=registration.audience,
        **extra,
    )
    resources = [] if 'resource' in extra else sign_in_resources(registration, metadata.issuer)
    if more := [*(params or {}).items(), *resources]:
        url = str(add_params_to_uri(url, more))
    return AuthorizationRequest(
        url, state, nonce, code_verifier, redirect_uri, registration.scope, extra.get('prompt') or ''
    )


def sign_in_response_mode(metadata: Metadata, wanted: ResponseMode = 'auto') -> str | None:
    """None, which means the query, wherever that is offered; a form where it is not and a form is, or where it is told.

    Apple offers the query, and refuses it to whoever asks for a name or an email address.
    """
    if wanted != 'auto':
        return wanted
    is_form_only = 'query' not in metadata.response_modes and 'form_post' in metadata.response_modes
    return 'form_post' if is_form_only or metadata.issuer == APPLE else None


def silent_authorization_request(
    metadata: Metadata,
    registration: Registration,
    redirect_uri: str,
    id_token_hint: str | None = None,
    response_modes: Sequence[str] = SILENT_RESPONSE_MODES,
    params: Mapping[str, str] | None = None,
    *,
    has_room: bool = False,
    **extra: str | None,
) -> AuthorizationRequest:
    """A request that the provider must answer without a page (`prompt=none`, OpenID Connect Core §3.1.2.1).

    It asks for the first of the `response_modes` that the provider offers, and for none if it offers none of them. A
    hint that makes the URL too long is left out, since the provider's cookie may do; but not if it `has_room` since it
    will be pushed.
    """
    response_mode = next((mode for mode in response_modes if mode in metadata.response_modes), None)
    request = authorization_request(
        metadata, registration, redirect_uri, params, prompt='none', response_mode=response_mode, **extra
    )
    if not id_token_hint:
        return request
    url = str(add_params_to_uri(request.url, [('id_token_hint', id_token_hint)]))
    return replace(request, url=url) if has_room or fits(url) else request


def parse_authorization_response(*parts: str) -> AuthorizationResponse:
    """The response in a URL's query and fragment, with or without `?` and `#`; a provider may use either, or both.

    Raises `InvalidResponse` if a parameter occurs twice (RFC 6749 §3.1), `ResponseEncoded` if it is a JWT.
    """
    try:
        ''.join(parts).encode()  # raises ValueError where there is half a character
        pairs = [
            pair
            for part in parts
            for pair in parse_qsl(part.lstrip('?#'), keep_blank_values=True, max_num_fields=50, errors='strict')
        ]
    except ValueError as error:
        raise InvalidResponse('the authorization response cannot be parsed') from error
    repeated = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if repeated:
        raise InvalidResponse(f'the authorization response has {repeated[0]!r} more than once')
    values = dict(pairs)
    if 'response' in values and not {'code', 'error'} & values.keys():  # JARM §2.3, which we never ask for
        raise ResponseEncoded('the authorization response is a JWT')
    return AuthorizationResponse(
        code=values.get('code') or None,
        state=values.get('state') or None,
        error=values.get('error') or None,
        error_description=values.get('error_description', ''),
        iss=values.get('iss'),
    )


def check_authorization_response(
    metadata: Metadata, request: AuthorizationRequest, response: AuthorizationResponse
) -> str:
    """The authorization code, once the response was checked against the request that it claims to answer.

    Raises `MixedUp` if it came to the redirect URI of another provider (RFC 9700 §4.4.2), `InvalidResponse` if `state`
    is not the request's, if `iss` is another's (RFC 9207 §2.4), if a success lacks the `iss` that is promised, or if
    there is no code; else the error that the provider's `error` stands for.
    """
    own_path = unquote(urlsplit(request.redirect_uri).path)
    if response.landed_at is not None and unquote(response.landed_at) != own_path:
        raise MixedUp(f'the answer came to {response.landed_at!r}, which is not the redirect URI of its request')
    if not hmac.compare_digest((response.state or '').encode(errors='replace'), request.state.encode()):
        raise InvalidResponse('the authorization response has another state than the request')
    if response.iss is not None and response.iss != metadata.issuer:
        raise InvalidResponse(f'the authorization response is from {response.iss!r}')
    if response.error:  # providers that promise `iss` leave it out of errors, which is no reason to doubt them
        raise from_provider(response.error, response.error_description)
    if metadata.promises_iss and response.iss is None:
        raise LacksIss('the authorization response lacks the iss that the provider promises')
    if response.code is None:
        raise InvalidResponse('the authorization response has no code')
    return response.code
