"""How a provider is asked for an access token for another API than the one that the sign-in was for.

| parameter  | whose                                | in the request                                       |
|------------|--------------------------------------|------------------------------------------------------|
| `resource` | RFC 8707 §2; what others have is new | `resource=<audience>`                                |
| `audience` | Auth0 (multi-resource refresh tokens)| `audience=<audience>`                                |
| `scope`    | Entra ID, and its external tenants   | `scope=<audience>/.default`                          |

`auto` goes by the issuer: `audience` at auth0.com, `scope` at login.microsoftonline.com and ciamlogin.com, else
`resource`.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from ...errors import AudienceRefused
from ...settings.provider import AudienceParameter
from ..metadata import Registration

BY_HOST: dict[str, AudienceParameter] = {
    'auth0.com': 'audience',
    'login.microsoftonline.com': 'scope',
    'ciamlogin.com': 'scope',
}
OF_SIGN_IN = frozenset({'openid', 'profile', 'email', 'address', 'phone', 'offline_access'})  # of no API


def audience_request(audience: str, style: AudienceParameter = 'auto', issuer: str = '') -> dict[str, str]:
    """The parameter of a token request that asks for this audience, at the issuer if `style` is `auto`."""
    match _by_issuer(issuer) if style == 'auto' else style:
        case 'audience':
            return {'audience': audience}
        case 'scope':
            return {'scope': f'{audience.rstrip("/")}/.default'}
        case _:
            return {'resource': audience}


def refresh_parameters(registration: Registration, issuer: str, audience: str | None) -> dict[str, str]:
    """What a request with a refresh token has beside it; nothing where it is for the session's own access token."""
    return {} if audience is None else audience_request(audience, registration.audience_parameter, issuer)


def code_parameters(registration: Registration, issuer: str, audience: str | None) -> dict[str, str]:
    """The same for a request that redeems a code, of which an ID token has to come, too."""
    asked = refresh_parameters(registration, issuer, audience)
    return {'scope': f'openid {asked["scope"]}'} if 'scope' in asked else asked


def authorization_parameters(
    registration: Registration, issuer: str, audience: str
) -> tuple[Registration, dict[str, str]]:
    """What we are in an authorization request for it, and the parameters beside that.

    Where a scope names the API, those of another API cannot stand beside it.
    """
    asked = refresh_parameters(registration, issuer, audience)
    if 'scope' not in asked:
        return replace(registration, audience=asked.pop('audience', None)), asked
    own = [name for name in registration.scope.split() if name in OF_SIGN_IN]
    return replace(registration, audience=None, scope=' '.join([*own, asked['scope']])), {}


def sign_in_resources(registration: Registration, issuer: str) -> list[tuple[str, str]]:
    """What an authorization request names of them, so that its refresh token is granted for all (RFC 8707 §2.1)."""
    asked = [refresh_parameters(registration, issuer, audience) for audience in registration.audiences]
    return [('resource', one['resource']) for one in asked if 'resource' in one]


def check_audience(registration: Registration, audience: str) -> None:
    """Raises `AudienceRefused` for an API that is none of those that are configured, if any are.

    The provider is not asked: some have used up the refresh token by the time that they refuse (oidc-provider).
    """
    if registration.audiences and audience not in registration.audiences:
        raise AudienceRefused(f'{audience!r} is none of OIDC_AUDIENCES')


def _by_issuer(issuer: str) -> AudienceParameter:
    host = urlsplit(issuer).hostname or ''
    return next((style for name, style in BY_HOST.items() if host == name or host.endswith(f'.{name}')), 'resource')
