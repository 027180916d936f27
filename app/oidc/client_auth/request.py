"""A request in the client's own name, with what shows that it is this client's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import quote_plus, urlencode

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import DEFAULT_HEADERS

from ..metadata import Metadata, Registration
from .audience import assertion_audience
from .credential import AppleSecret, ClientAssertion, MutualTls, PrivateKeyJwt
from .secret_source import SecretSource

JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'  # RFC 7523 §2.2


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A POST to an endpoint that knows the client, ready to be sent; it holds secrets."""

    url: str
    headers: dict[str, str] = field(repr=False)
    body: str = field(repr=False)


async def ready(registration: Registration, now: float) -> Registration:
    """The registration for one request at `now`, in seconds since the epoch: its secret is there, its assertion dated.

    Raises `ClientSecretUnavailable` if the secret cannot be had.
    """
    match registration.credential:
        case SecretSource() as source:
            return replace(registration, credential=None, client_secret=await source.secret())
        case AppleSecret() as apple:
            return replace(registration, credential=None, client_secret=apple.secret(registration.client_id, now))
        case PrivateKeyJwt() as credential:
            return replace(registration, credential=ClientAssertion(credential, now))
        case _:
            return registration


def authenticated_request(
    metadata: Metadata, url: str, offered: frozenset[str], registration: Registration, body: str
) -> TokenRequest:
    """The POST of the form `body` to the endpoint at `url`, whose authentication methods are `offered`.

    Raises `TypeError` for a registration that `ready` has not seen and had to.
    """
    match registration.credential:
        case ClientAssertion() as assertion:
            return _with_assertion(metadata, url, registration.client_id, assertion, body)
        case MutualTls():
            return _prepared(url, registration.client_id, None, 'none', body)
        case None:
            return _with_secret(url, offered, registration, body)
        case other:
            raise TypeError(f'{type(other).__name__} is not ready for a request')


def _with_assertion(
    metadata: Metadata, url: str, client_id: str, assertion: ClientAssertion, body: str
) -> TokenRequest:
    audience = assertion.credential.audience or assertion_audience(metadata, url)
    jwt = assertion.jwt(client_id, audience, metadata.auth_algorithms)
    more = urlencode({'client_assertion_type': JWT_BEARER, 'client_assertion': jwt})
    return _prepared(url, client_id, None, 'none', f'{body}&{more}')


def _with_secret(url: str, offered: frozenset[str], registration: Registration, body: str) -> TokenRequest:
    """By client_secret_basic, client_secret_post or none (OpenID Connect Core §9)."""
    client_id, secret = registration.client_id, registration.client_secret
    if secret is None:
        method = 'none'
    elif 'client_secret_post' in offered and ('client_secret_basic' not in offered or quote_plus(secret) != secret):
        method = 'client_secret_post'  # a form leaves no doubt about special characters; see below
    else:
        method = 'client_secret_basic'
        # RFC 6749 §2.3.1 has both encoded, which not every provider undoes; Authlib leaves it to us.
        client_id, secret = quote_plus(client_id), quote_plus(secret)
    return _prepared(url, client_id, secret, method, body)


def _prepared(url: str, client_id: str, secret: str | None, method: str, body: str) -> TokenRequest:
    return TokenRequest(*ClientAuth(client_id, secret, method).prepare('POST', url, dict(DEFAULT_HEADERS), body))
