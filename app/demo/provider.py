"""The demo provider's endpoints: a thin shell of HTTP, cookies and one page around `protocol`."""

from __future__ import annotations

import html
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from authlib.oauth2 import OAuth2Error
from itsdangerous import BadSignature, URLSafeSerializer
from joserfc.errors import JoseError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from .keys import ALGORITHM, SigningKey
from .messages import SCOPES, Answer, Client, Request
from .people import BY_SUBJECT, PEOPLE, Person
from .protocol.server import ACCESS_TOKEN, Server
from .records import Codes, ProviderSession, RefreshTokens, SessionOverrides

SESSION_LIFETIME = 8 * 3600  # seconds
ASK_PAGE = (
    '<!doctype html><html lang="en"><title>Sign out</title>'
    '<form method="post"><button>Sign out of the demo provider</button></form>'
)
DONE_PAGE = '<!doctype html><html lang="en"><title>Signed out</title><p>You are signed out of the demo provider.'
SIGN_IN_PAGE = Path(__file__).parent / 'sign_in.html'


class DemoProvider:
    """An OpenID provider as an ASGI app; `data_dir` None keeps everything in memory.

    `secret` signs its session cookie, `token_lifetime` is the access token's in seconds.
    """

    def __init__(
        self,
        issuer: str,
        clients: list[Client],
        secret: bytes,
        token_lifetime: Callable[[], int],
        data_dir: Path | None = None,
    ) -> None:
        self.issuer = issuer
        self._key = SigningKey(data_dir)
        self._refresh_tokens = RefreshTokens(data_dir / 'demo.sqlite3' if data_dir else None)
        self._overrides = SessionOverrides()
        self._server = Server(issuer, clients, self._key, Codes(), self._refresh_tokens, token_lifetime)
        url = urlsplit(issuer)
        self._cookie = f'demo_provider_{url.port or url.scheme}'
        self._path = url.path or '/'
        self._serializer = URLSafeSerializer(secret, 'demo-provider-session')
        self.app = Starlette(
            routes=[
                Route('/.well-known/openid-configuration', self.discovery),
                Route('/jwks', self.jwks),
                Route('/authorize', self.authorize, methods=['GET', 'POST']),
                Route('/sign-in', self.sign_in, methods=['POST']),
                Route('/token', self.token, methods=['POST']),
                Route('/userinfo', self.userinfo, methods=['GET', 'POST']),
                Route('/revoke', self.revoke, methods=['POST']),
                Route('/end-session', self.end_session, methods=['GET', 'POST']),
            ]
        )

    def rotate_key(self) -> None:
        """Sign with a new key from now on, and publish no other; it is not kept over a restart."""
        self._key = self._server.key = SigningKey(None)

    def end_elsewhere(self, sid: str) -> None:
        """The person signed out of this session on another device."""
        self._overrides.decide(sid, None)
        self._refresh_tokens.revoke_session(sid)

    def let_another_in(self, sid: str, subject: str) -> None:
        """In the browser with this session of `subject`, it is the other person who is signed in now.

        Doing it again brings the first one back.
        """
        now = int(time.time())
        there = self._overrides.resolve(ProviderSession(subject, now, sid))
        present = there.subject if there else subject
        other = next(person for person in PEOPLE.values() if person.subject != present)
        self._overrides.decide(sid, ProviderSession(other.subject, now, secrets.token_urlsafe(16)))

    def take_role(self, subject: str) -> None:
        """From now on the first role of this person is gone; doing it again gives it back."""
        self._server.directory.take_role(subject)

    def close(self) -> None:
        """Let go of the file."""
        self._refresh_tokens.close()

    async def discovery(self, _: HttpRequest) -> Response:
        """OpenID Connect Discovery §3."""
        endpoints = {
            'authorization_endpoint': 'authorize',
            'token_endpoint': 'token',
            'userinfo_endpoint': 'userinfo',
            'revocation_endpoint': 'revoke',
            'end_session_endpoint': 'end-session',
            'jwks_uri': 'jwks',
        }
        return JSONResponse(
            {
                'issuer': self.issuer,
                **{name: f'{self.issuer}/{path}' for name, path in endpoints.items()},
                'scopes_supported': SCOPES,
                'response_types_supported': ['code'],
                'prompt_values_supported': ['none', 'login', 'select_account'],
                'response_modes_supported': ['query', 'fragment'],
                'grant_types_supported': ['authorization_code', 'refresh_token'],
                'subject_types_supported': ['public'],
                'id_token_signing_alg_values_supported': [ALGORITHM],
                'token_endpoint_auth_methods_supported': ['none', 'client_secret_basic', 'client_secret_post'],
                'code_challenge_methods_supported': ['S256'],
                'authorization_response_iss_parameter_supported': True,
            }
        )

    async def jwks(self, _: HttpRequest) -> Response:
        return JSONResponse(self._key.public_set())

    async def authorize(self, http: HttpRequest) -> Response:
        """The authorization endpoint: a code, an error, or the sign-in page."""
        pairs = await _parameters(http)
        session = self._session(http)
        request = Request('GET', self.issuer, {}, pairs, _unless_stale(session, dict(pairs)))
        person = BY_SUBJECT.get(request.session.subject) if request.session else None
        try:
            grant = self._server.get_consent_grant(request, end_user=person)
        except OAuth2Error as error:
            return self._answer(self._server.handle_error_response(request, error), request)
        except ValueError:  # Authlib cannot put what was sent into the words of an error (RFC 6749 §4.1.2.1)
            return JSONResponse({'error': 'invalid_request'}, status_code=400)
        if person is None or getattr(grant, 'prompt', None) in {'login', 'select_account'}:
            return self._sign_in_page(pairs)
        answer = self._server.create_authorization_response(request, grant_user=person, grant=grant)
        return self._answer(answer, request)

    async def sign_in(self, http: HttpRequest) -> Response:
        """One click signs a person in, and goes on with the authorization request that led here."""
        form = await http.form()
        person = PEOPLE.get(str(form.get('person')))
        if person is None:
            return Response('There is nobody of that name here.', status_code=400)
        query = [(name, value) for name, value in parse_qsl(str(form.get('request'))) if name not in _ASKS_AGAIN]
        response = RedirectResponse(f'{self.issuer}/authorize?{urlencode(query)}', status_code=303)
        session = ProviderSession(person.subject, int(time.time()), secrets.token_urlsafe(16))
        response.set_cookie(
            self._cookie,
            self._serializer.dumps(asdict(session)),
            max_age=SESSION_LIFETIME,
            path=self._path,
            httponly=True,
            samesite='lax',
        )
        return response

    async def token(self, http: HttpRequest) -> Response:
        request = Request('POST', self.issuer, http.headers, await _parameters(http))
        return self._answer(await run_in_threadpool(self._server.create_token_response, request))

    async def revoke(self, http: HttpRequest) -> Response:
        request = Request('POST', self.issuer, http.headers, await _parameters(http))
        return self._answer(await run_in_threadpool(self._server.create_endpoint_response, 'revocation', request))

    async def userinfo(self, http: HttpRequest) -> Response:
        """OpenID Connect Core §5.3."""
        scheme, _, token = http.headers.get('Authorization', '').partition(' ')
        try:
            claims = self._key.verify(token, ACCESS_TOKEN) if scheme.lower() == 'bearer' else {}
        except (JoseError, ValueError):
            claims = {}
        person = BY_SUBJECT.get(claims.get('sub', ''))
        if person is None:
            headers = {'WWW-Authenticate': 'Bearer error="invalid_token"'}
            return JSONResponse({'error': 'invalid_token'}, status_code=401, headers=headers)
        return JSONResponse(self._server.directory.present(person).claims(claims['scope']))

    async def end_session(self, http: HttpRequest) -> Response:
        """RP-initiated logout: at once with a valid hint, else only if the person says so (§6 of its specification)."""
        request = Request('GET', self.issuer, http.headers, await _parameters(http))
        try:
            validated = self._server.validate_endpoint_request('end_session', request)
        except OAuth2Error as error:
            return self._answer(self._server.handle_error_response(request, error))
        if validated.needs_confirmation and http.method == 'GET':
            return HTMLResponse(ASK_PAGE)
        answer = self._server.create_endpoint_response('end_session', validated)
        response = self._answer(answer) if answer else HTMLResponse(DONE_PAGE)
        response.delete_cookie(self._cookie, path=self._path)
        return response

    def _session(self, http: HttpRequest) -> ProviderSession | None:
        try:
            session = ProviderSession(**self._serializer.loads(http.cookies.get(self._cookie, '')))
        except (BadSignature, TypeError):
            return None
        return self._overrides.resolve(session)

    def _answer(self, answer: Answer, request: Request | None = None) -> Response:
        headers = dict(answer.headers)
        if location := headers.pop('Location', None):
            return RedirectResponse(self._location(location, request) if request else location, status_code=303)
        if isinstance(answer.body, dict):
            return JSONResponse(
                answer.body, status_code=answer.status, headers={**headers, 'Cache-Control': 'no-store'}
            )
        return Response(answer.body, status_code=answer.status, headers=headers)

    def _location(self, location: str, request: Request) -> str:
        """The authorization response's location: with `iss` (RFC 9207 §2), and in the response mode asked for."""
        data = request.payload.data
        redirect_uri = data['redirect_uri']
        params = [*parse_qsl(location.removeprefix(redirect_uri).lstrip('?&')), ('iss', self.issuer)]
        separator = '#' if data.get('response_mode') == 'fragment' else '&' if '?' in redirect_uri else '?'
        return f'{redirect_uri}{separator}{urlencode(params)}'

    def _sign_in_page(self, pairs: list[tuple[str, str]]) -> Response:
        """The people to choose from; it lets nobody frame it (as most providers do not)."""
        page = SIGN_IN_PAGE.read_text(encoding='utf-8')
        page = page.replace('{people}', ''.join(_button(person) for person in PEOPLE.values()))
        page = page.replace('{action}', html.escape(f'{self.issuer}/sign-in'))
        page = page.replace('{request}', html.escape(urlencode(pairs)))
        policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
        return HTMLResponse(page, headers={'Content-Security-Policy': policy, 'Cache-Control': 'no-store'})


_ASKS_AGAIN = frozenset({'prompt', 'max_age'})  # the click has just answered them


def _unless_stale(session: ProviderSession | None, params: dict[str, Any]) -> ProviderSession | None:
    """The session, unless `max_age` asks for a younger one (OpenID Connect Core §3.1.2.1)."""
    max_age = params.get('max_age', '')
    if session and max_age.isdecimal() and time.time() - session.auth_time > float(max_age):
        return None
    return session


async def _parameters(http: HttpRequest) -> list[tuple[str, str]]:
    """The parameters of a request: those of its form, or of its query."""
    if http.method == 'POST':
        return [(name, value) for name, value in (await http.form()).multi_items() if isinstance(value, str)]
    return list(http.query_params.multi_items())


def _button(person: Person) -> str:
    name, picture = html.escape(person.name), html.escape(person.picture())
    return (
        f'<button name="person" value="{person.nickname}" data-testid="demo-user-{person.nickname}">'
        f'<img src="{picture}" alt=""><span>Continue as {name}</span></button>'
    )
