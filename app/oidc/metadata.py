"""What a provider says of itself, and what we are to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from ..errors import DiscoveryInvalid
from ..settings import LOOPBACK_HOSTS
from ..settings.provider import AudienceParameter, ResponseMode, WhenToPush
from .client_auth.credential import Credential
from .endpoints.server_address import ServerAddress

# A provider's public keys verify these; `none` and the HS family are never accepted.
ASYMMETRIC_ALGORITHMS: Final = frozenset(
    {'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'}
)
_HOST_AND_PORT = re.compile(r'[A-Za-z0-9_.:\[\]-]+')  # it becomes part of our Content Security Policy


class ContradictsMetadata(Exception):
    """An answer that the discovery document does not let expect: the provider may have changed.

    A mark for errors, beside what they are; nothing that the provider keeps was used up when they are raised.
    """


@dataclass(frozen=True, slots=True)
class Registration:
    """This app as the provider knows it (a relying party); neither secret nor credential: a public client with PKCE.

    `uses_refresh_token` is whether one that is asked for is of any use. `name` and `title` tell the provider from
    others, in addresses and to people; the only one has an empty name. `callback_uri` and `silent_uri` are the redirect
    URIs. `params` are added to each sign-in, and `link_params` may be set by anybody's link. `credential` is in the
    place of a secret (`client_auth`). `par` says when authorization requests are pushed (RFC 9126), `response_mode` how
    a sign-in is to be answered, `audience_parameter` how access tokens for other `audiences` are asked for
    (`endpoints/audience_request.py`): any if none is named.
    """

    client_id: str
    scope: str
    client_secret: str | None = None
    audience: str | None = None
    uses_refresh_token: bool = True
    name: str = ''
    title: str = ''
    callback_uri: str = ''
    silent_uri: str = ''
    params: Mapping[str, str] = field(default_factory=dict)
    link_params: tuple[str, ...] = ()
    credential: Credential | None = None
    par: WhenToPush = 'auto'
    response_mode: ResponseMode = 'auto'
    audiences: tuple[str, ...] = ()
    audience_parameter: AudienceParameter = 'auto'

    def __repr__(self) -> str:
        return f'Registration(client_id={self.client_id!r})'


@dataclass(frozen=True, slots=True)
class Metadata:
    """A provider's discovery document, checked (OpenID Connect Discovery §3, RFC 8414 §2, RFC 9126 §5).

    The endpoints that the server asks are where it reaches them. `prompts` are its `prompt_values_supported`
    (Initiating User Registration via OpenID Connect).
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    response_modes: frozenset[str]
    id_token_algorithms: frozenset[str]
    token_auth_methods: frozenset[str]
    promises_iss: bool
    revocation_endpoint: str | None = None
    revocation_auth_methods: frozenset[str] = frozenset()  # none: those of the token endpoint
    prompts: frozenset[str] = frozenset()  # none: the provider does not say
    auth_algorithms: frozenset[str] = frozenset()  # of client assertions; none: the provider does not say
    pushed_authorization_request_endpoint: str | None = None
    requires_pushed_requests: bool = False


def discovery_url(issuer: str) -> str:
    """Where the discovery document lies (OpenID Connect Discovery §4.1)."""
    return issuer.rstrip('/') + '/.well-known/openid-configuration'


def check_metadata(document: dict[str, Any], issuer: str, address: ServerAddress | None = None) -> Metadata:
    """The discovery document as `Metadata`; `address` is where the server reaches the provider, if not by its issuer.

    Raises `DiscoveryInvalid` if its `issuer` is not exactly the configured one (Discovery §4.3), or an endpoint that
    the code flow needs is missing, or is where no browser gets.
    """
    if address is not None:
        address.check(document)
    if document.get('issuer') != issuer:
        raise DiscoveryInvalid(
            f'the discovery document names the issuer {document.get("issuer")!r}, the settings {issuer!r}; '
            'they must be equal to the letter'
        )
    listed = strings(document.get('id_token_signing_alg_values_supported'), ['RS256'])
    algorithms = listed & ASYMMETRIC_ALGORITHMS
    if not algorithms:
        names = ', '.join(sorted(listed))[:200] or 'none'
        raise DiscoveryInvalid(
            f'the provider signs ID tokens with no asymmetric algorithm that can be verified here (listed: {names})'
        )
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_required_url(document, 'authorization_endpoint'),
        token_endpoint=_required_url(document, 'token_endpoint', address),
        jwks_uri=_required_url(document, 'jwks_uri', address),
        userinfo_endpoint=server_url(document, 'userinfo_endpoint', address),
        end_session_endpoint=endpoint_url(document, 'end_session_endpoint'),
        response_modes=strings(document.get('response_modes_supported'), ['query', 'fragment']),
        id_token_algorithms=algorithms,
        token_auth_methods=strings(document.get('token_endpoint_auth_methods_supported'), ['client_secret_basic']),
        promises_iss=document.get('authorization_response_iss_parameter_supported') is True,
        revocation_endpoint=server_url(document, 'revocation_endpoint', address),
        revocation_auth_methods=strings(document.get('revocation_endpoint_auth_methods_supported'), []),
        prompts=strings(document.get('prompt_values_supported'), []),
        auth_algorithms=strings(document.get('token_endpoint_auth_signing_alg_values_supported'), []),
        pushed_authorization_request_endpoint=server_url(document, 'pushed_authorization_request_endpoint', address),
        requires_pushed_requests=document.get('require_pushed_authorization_requests') is True,
    )


def _required_url(document: dict[str, Any], name: str, address: ServerAddress | None = None) -> str:
    url = server_url(document, name, address)
    if url is None:
        raise DiscoveryInvalid(f'the discovery document has no usable {name}')
    return url


def server_url(document: Mapping[str, Any], name: str, address: ServerAddress | None) -> str | None:
    """Where the server reaches the endpoint of this name, None if there is none that can be used.

    Below the internal address it may be plain http: the operator has written that so.
    """
    url = endpoint_url(document, name)
    if address is None:
        return url
    value = document.get(name)
    if url is None and isinstance(value, str) and address.is_internal(value):
        return value
    return None if url is None else address.seen_from_server(url)


def endpoint_url(document: Mapping[str, Any], name: str) -> str | None:
    """The endpoint of this name, None if it is not one that can be used.

    It is https, or plain http on this machine for an issuer that is so too: secrets and tokens go there.
    """
    value = document.get(name)
    if not isinstance(value, str):
        return None
    try:
        url = urlsplit(value)
        _ = url.port  # raises ValueError where it is no number
    except ValueError:
        return None
    is_open = url.hostname in LOOPBACK_HOSTS and str(document.get('issuer')).startswith('http:')
    is_safe = url.scheme == 'https' or (url.scheme == 'http' and is_open)
    return value if is_safe and url.hostname and _HOST_AND_PORT.fullmatch(url.netloc) else None


def strings(value: object, default: Iterable[str]) -> frozenset[str]:
    """The texts in a list of the document; what it means where the document has none."""
    return frozenset(item for item in value if isinstance(item, str)) if isinstance(value, list) else frozenset(default)
