"""What can be wrong with a configuration, one thing at a time, and what the doctor has to call it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from app.doctor.finding import Outcome
from app.oidc.http import MAX_DOCUMENT
from tests.doctor.configurable_provider import ISSUER, ConfigurableProvider, page
from tests.oidc.scripted_provider import DISCOVERY
from tests.oidc.signer import signer

OFFLINE = 'openid profile email offline_access'


def unregistered(name: str) -> Callable[[ConfigurableProvider], None]:
    return lambda op: (op.redirect_uris or set()).discard(f'https://app.example.com/{name}')


def document(**changes: object) -> Callable[[ConfigurableProvider], None]:
    return lambda op: op.document.update(changes)


def keys(*jwks: object) -> Callable[[ConfigurableProvider], None]:
    return lambda op: setattr(op, 'keys', list(jwks))


def answers(path: str, response: Callable[[], httpx.Response]) -> Callable[[ConfigurableProvider], None]:
    return lambda op: op.instead.update({path: lambda _: response()})


def refuses(error: str, description: str = '') -> Callable[[ConfigurableProvider], None]:
    """Every authorization request is answered with this error, at a registered redirect URI."""

    def refuse(op: ConfigurableProvider) -> None:
        def authorize(request: httpx.Request) -> httpx.Response:
            answer = ConfigurableProvider.authorize(op, request)
            return op.back(dict(request.url.params), error, description) if answer.is_redirect else answer

        op.instead['/authorize'] = authorize

    return refuse


def frames_a_page(op: ConfigurableProvider) -> None:
    """`prompt=none` is answered with the sign-in page, which nobody may frame."""

    def authorize(request: httpx.Request) -> httpx.Response:
        answer = op.authorize(request)
        return page('Log in', X_Frame_Options='DENY') if answer.is_redirect else answer

    op.instead['/authorize'] = authorize


def refuses_refresh_tokens(op: ConfigurableProvider) -> None:
    """The client may use codes, and no refresh token."""

    def token(request: httpx.Request) -> httpx.Response:
        answer, is_refresh = op.token(request), b'grant_type=refresh_token' in request.content
        is_refused = is_refresh and answer.json()['error'] == 'invalid_grant'
        return httpx.Response(400, json={'error': 'unauthorized_client'}) if is_refused else answer

    op.instead['/token'] = token


def unreachable() -> httpx.Response:
    raise httpx.ConnectError('no route to host')


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: what the provider or the settings are like, which check finds it, and what it says."""

    name: str
    check: str
    says: str
    provider: Callable[[ConfigurableProvider], None] = lambda _: None
    settings: dict[str, str] = field(default_factory=dict)
    outcome: Outcome = 'problem'


PROBLEMS = (
    Fault('short key', 'settings', 'SECRET_KEY: must have at least 32', settings={'SECRET_KEY': 'short'}),
    Fault('no key', 'settings', 'SECRET_KEY: must be set', settings={'SECRET_KEY': ''}),
    Fault('bad skew', 'settings', 'CLOCK_SKEW: ', settings={'CLOCK_SKEW': 'much'}),
    Fault('bad renewal', 'settings', 'RENEWAL: ', settings={'RENEWAL': 'magic'}),
    Fault('no client ID', 'settings', 'OIDC_CLIENT_ID: must be set', settings={'OIDC_CLIENT_ID': ''}),
    Fault('bad base URL', 'settings', 'BASE_URL: must be https', settings={'BASE_URL': 'http://app.example.com'}),
    Fault('folder', 'data_dir', 'DATA_DIR cannot be used', settings={'DATA_DIR': '/proc/version/data'}),
    Fault('unreachable', 'discovery', 'no route to host', answers(DISCOVERY, unreachable)),
    Fault('404', 'discovery', 'HTTP status 404', answers(DISCOVERY, lambda: httpx.Response(404))),
    Fault('long', 'discovery', 'more than the 512 kB', answers(DISCOVERY, lambda: page('x' * MAX_DOCUMENT))),
    Fault('no JSON', 'discovery', 'no JSON object', answers(DISCOVERY, lambda: page('Welcome'))),
    Fault('slash', 'issuer', 'a slash ends OIDC_ISSUER', settings={'OIDC_ISSUER': f'{ISSUER}/'}),
    Fault('another host', 'issuer', 'another host', document(issuer='https://sso.example.com')),
    Fault('no token endpoint', 'endpoints', 'token_endpoint', document(token_endpoint=None)),
    Fault('open endpoint', 'endpoints', 'Not https: userinfo', document(userinfo_endpoint='http://x.example.com/')),
    Fault('HS256', 'algorithms', 'HS256', document(id_token_signing_alg_values_supported=['HS256'])),
    Fault('no keys', 'keys', 'None of the 0 keys', keys()),
    Fault('encryption keys', 'keys', 'None of the 1 keys', keys(signer().jwk(use='enc'))),
    Fault('too many keys', 'keys', 'There are 101 keys', keys(*[signer().jwk()] * 101)),
    Fault('long keys', 'keys', 'more at jwks_uri than the 512 kB', keys({'x': 'x' * MAX_DOCUMENT})),
    Fault('keys fail', 'keys', 'HTTP status 500', answers('/jwks', lambda: httpx.Response(500))),
    Fault('clock', 'clock', '90 seconds ahead', lambda op: setattr(op, 'ahead', 90)),
    Fault('secret', 'client', 'so OIDC_CLIENT_SECRET is wrong', settings={'OIDC_CLIENT_SECRET': 'another'}),
    Fault(
        'client ID',
        'client',
        'does not know the client ID: “Provider There is no such client”',
        settings={'OIDC_CLIENT_ID': 'another'},
    ),
    Fault('secret left out', 'client', 'so OIDC_CLIENT_SECRET has to be set', settings={'OIDC_CLIENT_SECRET': ''}),
    Fault(
        'client ID and no secret',
        'client',
        'does not know the client ID: “Provider There is no such client”',
        settings={'OIDC_CLIENT_ID': 'another', 'OIDC_CLIENT_SECRET': ''},
    ),
    Fault(
        'no codes',
        'client',
        'may not redeem codes',
        answers('/token', lambda: httpx.Response(400, json={'error': 'unauthorized_client'})),
    ),
    Fault(
        'authentication',
        'client_authentication',
        'private_key_jwt',
        document(token_endpoint_auth_methods_supported=['private_key_jwt']),
    ),
    Fault('callback', 'callback', '/callback is not registered', unregistered('callback')),
    Fault('silent', 'silent', '/silent is not registered', unregistered('silent')),
    Fault('scope', 'request', 'invalid_scope', settings={'OIDC_SCOPE': 'openid nonsense'}),
    Fault('audience', 'request', 'invalid_target', refuses('invalid_target'), {'OIDC_AUDIENCE': 'nonsense'}),
    Fault('no PKCE', 'pkce', 'code_challenge', refuses('invalid_request', 'code_challenge_method is not taken')),
    Fault('iss', 'iss', 'another issuer', lambda op: setattr(op, 'issuer_in_answers', 'https://evil.example')),
    Fault('cross-site', 'site', 'Cross-site', settings={'BASE_URL': 'https://app.example.net'}),
    Fault(
        'refresh token only',
        'refresh_token',
        'relies on it alone, but the provider lets this client use none',
        refuses_refresh_tokens,
        {'RENEWAL': 'refresh_token', 'OIDC_SCOPE': OFFLINE},
    ),
)
WARNINGS = (
    Fault('no end session', 'end_session', 'not at the provider', document(end_session_endpoint=None)),
    Fault('post-logout', 'end_session', 'https://app.example.com/ is not', lambda op: op.post_logout_uris.clear()),
    Fault('clock', 'clock', '19 seconds behind', lambda op: setattr(op, 'ahead', -20)),
    Fault('anything goes', 'other_redirect_uris', 'to any address', lambda op: setattr(op, 'redirect_uris', None)),
    Fault(
        'no refresh tokens',
        'refresh_token',
        'Renewal relies on the frame',
        refuses_refresh_tokens,
        {'OIDC_SCOPE': OFFLINE},
    ),
    Fault(
        'refresh token unasked',
        'refresh_token',
        'does not ask for it',
        settings={'RENEWAL': 'refresh_token', 'OIDC_SCOPE': 'openid'},
    ),
    Fault('plain', 'pkce', 'Only “plain” is offered', document(code_challenge_methods_supported=['plain'])),
)
