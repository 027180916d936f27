"""A provider that does everything right until a test changes that, in one way or in many."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

import httpx
import jwt

from tests.clock import START
from tests.oidc.documents import discovery
from tests.oidc.scripted_provider import DISCOVERY
from tests.oidc.signer import signer

BASE_URL, ISSUER = 'https://app.example.com', 'https://login.example.com'
CLIENT_ID, SECRET = 'my-app', 'the-secret-of-the-client'

Answerer = Callable[[httpx.Request], httpx.Response]


@dataclass
class ConfigurableProvider:
    """Answers as a mock transport of httpx does; each attribute is a way to break it.

    `document` changes the discovery document (None removes an entry); `ahead` is by how many seconds its clock is ahead
    of the test's; `redirect_uris` None takes any; `instead` has other answers by path. With a `public_key`, its client
    shows itself by private_key_jwt; with `/par` in its document, requests can be pushed.
    """

    issuer: str = ISSUER
    document: dict[str, Any] = field(default_factory=dict)
    keys: list[Any] = field(default_factory=lambda: [signer().jwk()])
    redirect_uris: set[str] | None = field(default_factory=lambda: {f'{BASE_URL}/callback', f'{BASE_URL}/silent'})
    post_logout_uris: set[str] = field(default_factory=lambda: {f'{BASE_URL}/'})
    scopes: set[str] = field(default_factory=lambda: {'openid', 'profile', 'email', 'offline_access'})
    client_id: str = CLIENT_ID
    secret: str | None = SECRET
    ahead: float = 0.0
    issuer_in_answers: str = ISSUER
    instead: dict[str, Answerer] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)
    public_key: Any = None
    pushed: dict[str, dict[str, str]] = field(default_factory=dict)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answerers: dict[str, Answerer] = {
            DISCOVERY: lambda _: httpx.Response(200, json=self.discovery()),
            '/jwks': lambda _: httpx.Response(200, json={'keys': self.keys}),
            '/authorize': self.authorize,
            '/token': self.token,
            '/logout': self.logout,
            '/par': self.push,
        }
        response = (answerers | self.instead)[request.url.path](request)
        response.headers['Date'] = formatdate(START + self.ahead, usegmt=True)
        return response

    def authorize(self, request: httpx.Request) -> httpx.Response:
        params = dict(request.url.params)
        if 'request_uri' in params:
            return self.back(self.pushed[params['request_uri']], 'login_required')
        if self.document.get('require_pushed_authorization_requests'):
            return page('Requests have to be pushed.', 400)
        if params['client_id'] != self.client_id:
            return page('There is no such client.', 400)
        if self.redirect_uris is not None and params['redirect_uri'] not in self.redirect_uris:
            return page('The redirect_uri is not registered.', 400)
        if set(params['scope'].split()) - self.scopes:
            return self.back(params, 'invalid_scope')
        return self.back(params, 'login_required')

    def back(self, params: dict[str, str], error: str, description: str = '') -> httpx.Response:
        answer = {'error': error, 'state': params['state'], 'iss': self.issuer_in_answers}
        answer |= {'error_description': description} if description else {}
        separator = '#' if params.get('response_mode') == 'fragment' else '?'
        return httpx.Response(302, headers={'Location': f'{params["redirect_uri"]}{separator}{urlencode(answer)}'})

    def push(self, request: httpx.Request) -> httpx.Response:
        params = dict(parse_qsl(request.content.decode()))
        if not self.is_client(request):
            return httpx.Response(401, json={'error': 'invalid_client'})
        if self.redirect_uris is not None and params['redirect_uri'] not in self.redirect_uris:
            return httpx.Response(400, json={'error': 'invalid_request', 'error_description': 'bad redirect_uri'})
        request_uri = f'urn:request:{len(self.pushed)}'
        self.pushed[request_uri] = params
        return httpx.Response(201, json={'request_uri': request_uri, 'expires_in': 60})

    def token(self, request: httpx.Request) -> httpx.Response:
        if not self.is_client(request):
            return httpx.Response(401, json={'error': 'invalid_client', 'error_description': 'Who are you?'})
        return httpx.Response(400, json={'error': 'invalid_grant'})

    def is_client(self, request: httpx.Request) -> bool:
        form = dict(parse_qsl(request.content.decode()))
        if self.public_key is not None:
            return self.is_signed(form.get('client_assertion', ''))
        client_id, secret = form.get('client_id'), form.get('client_secret')
        if basic := request.headers.get('Authorization', '').removeprefix('Basic '):
            client_id, secret = map(unquote_plus, base64.b64decode(basic).decode().split(':'))
        return (client_id, secret) == (self.client_id, self.secret)

    def is_signed(self, assertion: str) -> bool:
        try:
            claims = jwt.decode(
                assertion,
                self.public_key,
                ['ES256'],
                audience=self.issuer,
                options={'verify_exp': False, 'verify_iat': False},  # the test's clock stands still
            )
        except jwt.PyJWTError:
            return False
        return bool(claims['iss'] == self.client_id)

    def logout(self, request: httpx.Request) -> httpx.Response:
        if request.url.params['post_logout_redirect_uri'] not in self.post_logout_uris:
            return page('The post_logout_redirect_uri is not registered.', 400)
        return page('Do you want to log out?')

    def discovery(self) -> dict[str, Any]:
        correct = {
            'scopes_supported': sorted(self.scopes),
            'response_modes_supported': ['query', 'fragment'],
            'grant_types_supported': ['authorization_code', 'refresh_token'],
            'token_endpoint_auth_methods_supported': ['client_secret_basic', 'client_secret_post'],
            'code_challenge_methods_supported': ['S256'],
            'authorization_response_iss_parameter_supported': True,
        }
        return {
            name: value
            for name, value in (discovery(self.issuer) | correct | self.document).items()
            if value is not None
        }


def page(text: str, status: int = 200, **headers: str) -> httpx.Response:
    """A page that people would see."""
    named = {name.replace('_', '-'): value for name, value in headers.items()}
    return httpx.Response(status, html=f'<title>Provider</title><p>{text}', headers=named)
