"""What the provider is called in a client assertion, its `aud`.

| provider                   | `aud`              | since                                                             |
|----------------------------|--------------------|-------------------------------------------------------------------|
| anyone                     | its issuer         | OpenID Connect Core §9 (errata set 3), RFC 9126 §2,               |
|                            |                    | draft-ietf-oauth-rfc7523bis, FAPI 2.0                             |
| Auth0, Keycloak, PingOne,  | its issuer         | their documentation; Connect2id and Duende in their strict mode,  |
| Connect2id, Duende         |                    | and Keycloak by default since 26.2, take nothing else             |
| Entra ID, also External ID | the token endpoint | "Application authentication certificate credentials",             |
|                            |                    | learn.microsoft.com                                               |
| Okta, at its own names     | the endpoint asked | "Build a JWT for client authentication", developer.okta.com       |
| login.gov                  | the token endpoint | developers.login.gov/oidc/token                                   |

It is one text, never a list. The issuer is the default for a reason: a provider that is bad, or was broken into, can
name the token endpoint of a good one as its own in its discovery document, and gets a JWT from a client of both that is
good there ("audience injection", disclosed to the OAuth working group in January 2025 and by the OpenID Foundation in
February 2025). The issuer is compared with the configured one before anything is sent. So an endpoint is named only to
providers that are known, by the host of the issuer, to want it, and only if it is at that host itself.

Okta behind a name of its operator's own cannot be told by its issuer: `PrivateKeyJwt.audience` is for that.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from ..metadata import Metadata

# Host names, and what they end with; Microsoft's are those of its national clouds too.
WANT_TOKEN_ENDPOINT = (
    'login.microsoftonline.com',
    'login.microsoftonline.us',
    'login.partner.microsoftonline.cn',
    '.ciamlogin.com',
    'secure.login.gov',
    'idp.int.identitysandbox.gov',
)
WANT_ENDPOINT = ('.okta.com', '.oktapreview.com', '.okta-emea.com', '.okta-gov.com', '.okta.mil')


def assertion_audience(metadata: Metadata, url: str) -> str:
    """What the provider is called in an assertion that goes to its endpoint at `url`."""
    host = urlsplit(metadata.issuer).hostname or ''
    if _is_one_of(host, WANT_TOKEN_ENDPOINT):
        wanted = metadata.token_endpoint
    elif _is_one_of(host, WANT_ENDPOINT):
        wanted = url
    else:
        return metadata.issuer
    return wanted if urlsplit(wanted).hostname == host else metadata.issuer


def _is_one_of(host: str, names: tuple[str, ...]) -> bool:
    return any(host.endswith(name) if name.startswith('.') else host == name for name in names)
