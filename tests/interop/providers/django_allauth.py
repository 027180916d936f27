"""Runs django-allauth's provider, once for each way in which it is to be healthy or broken, at a port of its own.

It is told the clients (JSON, as the registration protocol has them), and says where each provider is (JSON).
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings

from tests.interop.real_provider import PASSWORD, PERSON

Changes = dict[str, Any]
Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
PATHS = {
    'document': '/.well-known/openid-configuration',
    'keys': '/.well-known/jwks.json',
    'authorize': '/identity/o/authorize',
}


def configure(folder: Path) -> None:
    """What allauth needs, and no more."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    settings.configure(
        DEBUG=False,
        SECRET_KEY='a key of the tests',
        ALLOWED_HOSTS=['localhost', '127.0.0.1'],
        ROOT_URLCONF='tests.interop.providers.addresses',
        USE_TZ=True,
        DATABASES={
            'default': {
                'ENGINE': 'django.db.backends.sqlite3',
                'NAME': folder / 'allauth.sqlite',
                'OPTIONS': {'transaction_mode': 'IMMEDIATE', 'init_command': 'PRAGMA journal_mode=WAL'},
            }
        },
        DEFAULT_AUTO_FIELD='django.db.models.BigAutoField',
        INSTALLED_APPS=[
            'django.contrib.auth',
            'django.contrib.contenttypes',
            'django.contrib.sessions',
            'django.contrib.messages',
            'allauth',
            'allauth.account',
            'allauth.idp.oidc',
        ],
        MIDDLEWARE=[
            'django.contrib.sessions.middleware.SessionMiddleware',
            'django.middleware.csrf.CsrfViewMiddleware',
            'django.contrib.auth.middleware.AuthenticationMiddleware',
            'django.contrib.messages.middleware.MessageMiddleware',
            'allauth.account.middleware.AccountMiddleware',
        ],
        TEMPLATES=[
            {
                'BACKEND': 'django.template.backends.django.DjangoTemplates',
                'APP_DIRS': True,
                'OPTIONS': {
                    'context_processors': [
                        'django.template.context_processors.request',
                        'django.contrib.auth.context_processors.auth',
                        'django.contrib.messages.context_processors.messages',
                    ]
                },
            }
        ],
        PASSWORD_HASHERS=['django.contrib.auth.hashers.MD5PasswordHasher'],
        LOGGING_CONFIG=None,
        ACCOUNT_EMAIL_VERIFICATION='none',
        ACCOUNT_RATE_LIMITS=False,
        IDP_OIDC_RATE_LIMITS=False,
        IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN=120,
        IDP_OIDC_PRIVATE_KEY=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    )
    django.setup()


def register(clients: list[dict[str, Any]]) -> None:
    """Make the tables, a person, and the clients."""
    from allauth.account.models import EmailAddress
    from allauth.idp.oidc.models import Client
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command('migrate', verbosity=0)
    person = User.objects.create_user(PERSON, f'{PERSON}@example.com', PASSWORD)
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    for client in clients:
        row = Client(id=client['client_id'], name=client['client_id'], skip_consent=True)
        row.set_secret(client['client_secret'])
        row.set_scopes(['openid', 'profile', 'email', 'offline_access'])
        row.set_grant_types(client['grant_types'])
        row.set_redirect_uris(client['redirect_uris'])
        row.set_post_logout_redirect_uris(client['post_logout_redirect_uris'])
        row.save()


def changed_document(app: Wsgi, changes: Changes) -> Wsgi:
    """The provider with another discovery document; None removes an entry."""

    def changed(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ['PATH_INFO'] != PATHS['document']:
            return app(environ, start_response)
        document = json.loads(b''.join(app(environ, lambda *_: None))) | changes
        start_response('200 OK', [('Content-Type', 'application/json')])
        return [json.dumps({name: value for name, value in document.items() if value is not None}).encode()]

    return changed


def answers(path: str, status: str, text: str, *headers: tuple[str, str], app: Wsgi) -> Wsgi:
    """The provider, which answers this at the path where nobody is signed in."""

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ['PATH_INFO'] != PATHS[path] or 'sessionid' in environ.get('HTTP_COOKIE', ''):
            return app(environ, start_response)
        start_response(status, [('Content-Type', 'text/html'), *headers])
        return [text.encode()]

    return answer


def refuses_pkce(app: Wsgi) -> Wsgi:
    """The provider, which sends everybody back who uses PKCE."""

    def refuse(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = {name: values[0] for name, values in parse_qs(environ['QUERY_STRING']).items()}
        uri = asked.get('redirect_uri', '')
        if 'code_challenge' not in asked or not uri.startswith('http://localhost:8080/'):
            return app(environ, start_response)
        error = {'error': 'invalid_request', 'error_description': 'PKCE is not supported', 'state': asked['state']}
        start_response('302 Found', [('Location', f'{uri}?{urlencode(error)}')])
        return []

    return refuse


VARIANTS: dict[str, Callable[[Wsgi], Wsgi]] = {
    'healthy': lambda app: app,
    'no-offline-access': partial(
        changed_document,
        changes={'scopes_supported': ['openid'], 'grant_types_supported': ['authorization_code']},
    ),
    'HS256': partial(changed_document, changes={'id_token_signing_alg_values_supported': ['HS256']}),
    'plain-only': partial(changed_document, changes={'code_challenge_methods_supported': ['plain']}),
    'refuses-pkce': refuses_pkce,
    'no-keys': lambda app: answers('keys', '503 Service Unavailable', 'Not now', app=app),
    'other-issuer': partial(changed_document, changes={'issuer': 'https://login.example.com'}),
    'sign-in-page': lambda app: answers(
        'authorize', '200 OK', '<title>Sign in</title><form>', ('X-Frame-Options', 'DENY'), app=app
    ),
    'metadata-left-out': partial(
        changed_document,
        changes={'scopes_supported': None, 'grant_types_supported': None, 'code_challenge_methods_supported': None},
    ),
}


class Server(ThreadingMixIn, WSGIServer):
    """Answers each request in a thread of its own."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def address_string(self) -> str:
        return str(self.client_address[0])


def serve(app: Wsgi) -> str:
    """The issuer of a provider that is served from now on."""
    server = make_server('127.0.0.1', 0, app, Server, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f'http://localhost:{server.server_port}'


def main(clients: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        configure(Path(folder))
        register(json.loads(clients))
        from django.core.wsgi import get_wsgi_application

        app = get_wsgi_application()
        print(json.dumps({name: serve(change(app)) for name, change in VARIANTS.items()}), flush=True)
        sys.stdin.read()  # it lives as long as who started it


if __name__ == '__main__':
    main(sys.argv[1])
