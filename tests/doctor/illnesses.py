"""What can be wrong with a configuration, one thing at a time, and what the doctor has to call it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from app.doctor.finding import Outcome
from tests.doctor.candid_provider import ISSUER, CandidProvider, page
from tests.oidc.scripted_provider import DISCOVERY
from tests.oidc.signer import signer

OFFLINE = 'openid profile email offline_access'


def unregistered(name: str) -> Callable[[CandidProvider], None]:
    return lambda candid: (candid.redirect_uris or set()).discard(f'https://app.example.com/{name}')


def document(**changes: object) -> Callable[[CandidProvider], None]:
    return lambda candid: candid.document.update(changes)


def keys(*jwks: object) -> Callable[[CandidProvider], None]:
    return lambda candid: setattr(candid, 'keys', list(jwks))


def answers(path: str, response: Callable[[], httpx.Response]) -> Callable[[CandidProvider], None]:
    return lambda candid: candid.instead.update({path: lambda _: response()})


def refuses(error: str, description: str = '') -> Callable[[CandidProvider], None]:
    """Every authorization request is answered with this error, at a registered redirect URI."""

    def refuse(candid: CandidProvider) -> None:
        def authorize(request: httpx.Request) -> httpx.Response:
            answer = CandidProvider.authorize(candid, request)
            return candid.back(dict(request.url.params), error, description) if answer.is_redirect else answer

        candid.instead['/authorize'] = authorize

    return refuse


def frames_a_page(candid: CandidProvider) -> None:
    """`prompt=none` is answered with the sign-in page, which nobody may frame."""

    def authorize(request: httpx.Request) -> httpx.Response:
        answer = candid.authorize(request)
        return page('Log in', X_Frame_Options='DENY') if answer.is_redirect else answer

    candid.instead['/authorize'] = authorize


def unreachable() -> httpx.Response:
    raise httpx.ConnectError('no route to host')


@dataclass(frozen=True)
class Illness:
    """One thing that is wrong: what the provider or the settings are like, which check finds it, and what it says."""

    name: str
    check: str
    says: str
    provider: Callable[[CandidProvider], None] = lambda _: None
    settings: dict[str, str] = field(default_factory=dict)
    outcome: Outcome = 'problem'


PROBLEMS = (
    Illness('short key', 'settings', 'SECRET_KEY: must have at least 32', settings={'SECRET_KEY': 'short'}),
    Illness('no key', 'settings', 'SECRET_KEY: must be set', settings={'SECRET_KEY': ''}),
    Illness('bad skew', 'settings', 'CLOCK_SKEW: ', settings={'CLOCK_SKEW': 'much'}),
    Illness('bad renewal', 'settings', 'RENEWAL: ', settings={'RENEWAL': 'magic'}),
    Illness('no client ID', 'settings', 'OIDC_CLIENT_ID: must be set', settings={'OIDC_CLIENT_ID': ''}),
    Illness('bad base URL', 'settings', 'BASE_URL: must be https', settings={'BASE_URL': 'http://app.example.com'}),
    Illness('folder', 'data_dir', 'DATA_DIR cannot be used', settings={'DATA_DIR': '/proc/version/data'}),
    Illness('unreachable', 'discovery', 'no route to host', answers(DISCOVERY, unreachable)),
    Illness('404', 'discovery', 'HTTP status 404', answers(DISCOVERY, lambda: httpx.Response(404))),
    Illness('no JSON', 'discovery', 'no JSON object', answers(DISCOVERY, lambda: page('Welcome'))),
    Illness('slash', 'issuer', 'a slash ends OIDC_ISSUER', settings={'OIDC_ISSUER': f'{ISSUER}/'}),
    Illness('another host', 'issuer', 'another host', document(issuer='https://sso.example.com')),
    Illness('no token endpoint', 'endpoints', 'token_endpoint', document(token_endpoint=None)),
    Illness('open endpoint', 'endpoints', 'Not https: userinfo', document(userinfo_endpoint='http://x.example.com/')),
    Illness('HS256', 'algorithms', 'HS256', document(id_token_signing_alg_values_supported=['HS256'])),
    Illness('no keys', 'keys', 'None of the 0 keys', keys()),
    Illness('encryption keys', 'keys', 'None of the 1 keys', keys(signer().jwk(use='enc'))),
    Illness('keys fail', 'keys', 'HTTP status 500', answers('/jwks', lambda: httpx.Response(500))),
    Illness('clock', 'clock', '90 seconds ahead', lambda candid: setattr(candid, 'ahead', 90)),
    Illness('secret', 'client', 'so OIDC_CLIENT_SECRET is wrong', settings={'OIDC_CLIENT_SECRET': 'another'}),
    Illness('client ID', 'client', 'OIDC_CLIENT_ID is wrong, or', settings={'OIDC_CLIENT_ID': 'another'}),
    Illness('secret left out', 'client', 'OIDC_CLIENT_SECRET has to be set', settings={'OIDC_CLIENT_SECRET': ''}),
    Illness(
        'no codes',
        'client',
        'may not redeem codes',
        answers('/token', lambda: httpx.Response(400, json={'error': 'unauthorized_client'})),
    ),
    Illness(
        'authentication',
        'client_authentication',
        'private_key_jwt',
        document(token_endpoint_auth_methods_supported=['private_key_jwt']),
    ),
    Illness('callback', 'callback', '/callback is not registered', unregistered('callback')),
    Illness('silent', 'silent', '/silent is not registered', unregistered('silent')),
    Illness('scope', 'request', 'invalid_scope', settings={'OIDC_SCOPE': 'openid nonsense'}),
    Illness('audience', 'request', 'invalid_target', refuses('invalid_target'), {'OIDC_AUDIENCE': 'nonsense'}),
    Illness('plain', 'pkce', 'plain', document(code_challenge_methods_supported=['plain'])),
    Illness('no PKCE', 'pkce', 'code_challenge', refuses('invalid_request', 'code_challenge_method is not taken')),
    Illness(
        'iss', 'iss', 'another issuer', lambda candid: setattr(candid, 'issuer_in_answers', 'https://evil.example')
    ),
    Illness('framing', 'framing', 'X-UserAgent-Options: DENY', frames_a_page),
    Illness('cross-site', 'site', 'Cross-site', settings={'BASE_URL': 'https://app.example.net'}),
    Illness(
        'refresh token only',
        'refresh_token',
        'relies on it alone',
        document(grant_types_supported=['authorization_code']),
        {'RENEWAL': 'refresh_token', 'OIDC_SCOPE': OFFLINE},
    ),
)
LESSER = (
    Illness('no end session', 'end_session', 'not at the provider', document(end_session_endpoint=None)),
    Illness(
        'post-logout', 'end_session', 'https://app.example.com/ is not', lambda candid: candid.post_logout_uris.clear()
    ),
    Illness('clock', 'clock', '19 seconds behind', lambda candid: setattr(candid, 'ahead', -20)),
    Illness(
        'anything goes', 'other_redirect_uris', 'to any address', lambda candid: setattr(candid, 'redirect_uris', None)
    ),
    Illness(
        'no offline access',
        'refresh_token',
        'scopes_supported has no offline_access',
        document(scopes_supported=['openid']),
        {'OIDC_SCOPE': OFFLINE},
    ),
    Illness(
        'refresh token unasked',
        'refresh_token',
        'does not ask for it',
        settings={'RENEWAL': 'refresh_token', 'OIDC_SCOPE': 'openid'},
    ),
    Illness('framing', 'framing', 'relies on the refresh token', frames_a_page, {'OIDC_SCOPE': OFFLINE}),
)
