"""The demo provider's endpoints: a thin shell of HTTP, cookies and pages around `protocol`."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from authlib.oauth2 import OAuth2Error
from joserfc.errors import JoseError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from .acr import is_reached
from .browser.clicks import clicked, unless_stale
from .browser.cookie import SessionCookie
from .browser.pages import NO_STORE, Pages, form_post
from .keys import SigningKey
from .messages import Answer, Client, Request
from .people import BY_SUBJECT, PEOPLE, Directory
from .protocol.discovery import discovery
from .protocol.pushed import LIFETIME, Pairs, PushedRequests
from .protocol.server import ACCESS_TOKEN, Server
from .records import Codes, ProviderSession, RefreshTokens, SessionOverrides

PAGE_LIFETIME = 600.0  # seconds that somebody may look at a page that a pushed request led to
NAME = re.compile('[a-z0-9_-]*')


class DemoProvider:
    """An OpenID provider as an ASGI app; `data_dir` None keeps everything in memory.

    `secret` signs its session cookie, `token_lifetime` is the access token's in seconds. `name` tells several in one
    process apart: each has its own cookie, files and addresses of people, whose `sub` is the same everywhere.
    `requires_pushed` refuses authorization requests that were not pushed (RFC 9126 §5). `sends_user` adds Apple's field
    `user` to the first answer by `form_post` about each person; what was sent is forgotten with the process.
    """

    def __init__(
        self,
        issuer: str,
        clients: Sequence[Client],
        secret: bytes,
        token_lifetime: Callable[[], int],
        data_dir: Path | None = None,
        *,
        name: str = '',
        requires_pushed: bool = False,
        sends_user: bool = False,
    ) -> None:
        if not NAME.fullmatch(name):
            raise ValueError(f'{name!r} cannot be part of the name of a file and of a cookie')
        self.issuer = issuer
        self._key = SigningKey(data_dir, name)
        self._refresh_tokens = RefreshTokens(data_dir / f'demo{name and "-"}{name}.sqlite3' if data_dir else None)
        self._overrides = SessionOverrides()
        self._directory = Directory(name)
        self._pushed = PushedRequests(are_required=requires_pushed)
        self._server = Server(
            issuer, clients, self._key, Codes(), self._refresh_tokens, token_lifetime, self._directory, self._pushed
        )
        self._cookie = SessionCookie(issuer, secret, name)
        self._pages = Pages(issuer, name)
        self._introduced: set[tuple[str, str]] | None = set() if sends_user else None
        self.app = Starlette(
            routes=[
                Route('/.well-known/openid-configuration', self.discovery),
                Route('/jwks', self.jwks),
                Route('/par', self.push, methods=['POST']),
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
        self._directory.take_role(subject)

    def close(self) -> None:
        """Let go of the file."""
        self._refresh_tokens.close()

    async def discovery(self, _: HttpRequest) -> Response:
        return JSONResponse(discovery(self.issuer, requires_pushed=self._pushed.are_required))

    async def jwks(self, _: HttpRequest) -> Response:
        return JSONResponse(self._key.public_set())

    async def push(self, http: HttpRequest) -> Response:
        """The pushed authorization request endpoint (RFC 9126 §2)."""
        return await self._endpoint('pushed_authorization', http)

    async def authorize(self, http: HttpRequest) -> Response:
        """The authorization endpoint: a code, an error, or a page."""
        try:
            pairs, is_pushed = self._pushed.resolve(await _parameters(http))
        except OAuth2Error as error:
            return self._answer(self._server.handle_error_response(None, error))
        params, session = dict(pairs), self._session(http)
        request = Request('GET', self.issuer, {}, pairs, unless_stale(session, params), is_pushed=is_pushed)
        person = BY_SUBJECT.get(request.session.subject) if request.session else None
        try:
            grant = self._server.get_consent_grant(request, end_user=person)
        except OAuth2Error as error:
            return self._authorization_answer(self._server.handle_error_response(request, error), request)
        except ValueError:  # Authlib cannot put what was sent into the words of an error (RFC 6749 §4.1.2.1)
            return JSONResponse({'error': 'invalid_request'}, status_code=400)
        if request.session is None or person is None or grant.prompt in {'login', 'select_account'}:
            people = [self._directory.present(person) for person in PEOPLE.values()]
            return self._pages.sign_in(people, self._continuation(pairs, PAGE_LIFETIME, is_pushed=is_pushed))
        if not is_reached(request.session.acr, params.get('acr_values', '')):
            continuation = self._continuation(pairs, PAGE_LIFETIME, is_pushed=is_pushed)
            return self._pages.second_factor(person, continuation)
        answer = self._server.create_authorization_response(request, grant_user=person, grant=grant)
        return self._authorization_answer(answer, request)

    async def sign_in(self, http: HttpRequest) -> Response:
        """One click on a page, after which it goes on with the authorization request that led there."""
        form = await http.form()
        try:
            pairs, is_pushed = self._pushed.resolve(parse_qsl(str(form.get('request'))))
        except OAuth2Error:
            return Response('This page has waited for too long. Please start again in the app.', status_code=400)
        try:
            session, pairs = clicked(form, self._session(http), pairs)
        except LookupError:
            return Response('There is nobody of that name here.', status_code=400)
        query = self._continuation(pairs, LIFETIME, is_pushed=is_pushed)
        response = RedirectResponse(f'{self.issuer}/authorize?{query}', status_code=303)
        if session:
            self._cookie.write(response, session)
        return response

    def _continuation(self, pairs: Pairs, lifetime: float, *, is_pushed: bool) -> str:
        """The query that brings the authorization request back; what was pushed stays on this side (RFC 9126 §1)."""
        if not is_pushed:
            return urlencode(pairs)
        return urlencode({'client_id': dict(pairs)['client_id'], 'request_uri': self._pushed.keep(pairs, lifetime)})

    async def token(self, http: HttpRequest) -> Response:
        request = Request('POST', self.issuer, http.headers, await _parameters(http))
        return self._answer(await run_in_threadpool(self._server.create_token_response, request))

    async def revoke(self, http: HttpRequest) -> Response:
        return await self._endpoint('revocation', http)

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
        return JSONResponse(self._directory.present(person).claims(claims['scope']))

    async def end_session(self, http: HttpRequest) -> Response:
        """RP-initiated logout: at once with a valid hint, else only if the person says so (§6 of its specification)."""
        request = Request('GET', self.issuer, http.headers, await _parameters(http))
        try:
            validated = self._server.validate_endpoint_request('end_session', request)
        except OAuth2Error as error:
            return self._answer(self._server.handle_error_response(request, error))
        if validated.needs_confirmation and http.method == 'GET':
            return self._pages.ask_to_sign_out()
        answer = self._server.create_endpoint_response('end_session', validated)
        response = self._answer(answer) if answer else self._pages.signed_out()
        self._cookie.delete(response)
        return response

    async def _endpoint(self, name: str, http: HttpRequest) -> Response:
        request = Request('POST', self.issuer, http.headers, await _parameters(http))
        return self._answer(await run_in_threadpool(self._server.create_endpoint_response, name, request))

    def _session(self, http: HttpRequest) -> ProviderSession | None:
        return self._overrides.resolve(self._cookie.read(http))

    def _answer(self, answer: Answer) -> Response:
        headers = dict(answer.headers)
        if location := headers.pop('Location', None):
            return RedirectResponse(location, status_code=303)
        if isinstance(answer.body, dict):
            return JSONResponse(answer.body, status_code=answer.status, headers={**headers, **NO_STORE})
        return Response(answer.body, status_code=answer.status, headers=headers)

    def _authorization_answer(self, answer: Answer, request: Request) -> Response:
        """The authorization response: with `iss` (RFC 9207 §2), and in the response mode asked for."""
        location = dict(answer.headers).get('Location')
        if location is None:  # nobody who could be trusted to be told
            return self._answer(answer)
        data = request.payload.data
        redirect_uri, mode = data['redirect_uri'], data.get('response_mode')
        params = [*parse_qsl(location.removeprefix(redirect_uri).lstrip('?&')), ('iss', self.issuer)]
        if mode == 'form_post':
            params += self._introduction(request) if 'code' in dict(params) else []
            return form_post(redirect_uri, params, is_silent=data.get('prompt') == 'none')
        separator = '#' if mode == 'fragment' else '&' if '?' in redirect_uri else '?'
        return RedirectResponse(f'{redirect_uri}{separator}{urlencode(params)}', status_code=303)

    def _introduction(self, request: Request) -> list[tuple[str, str]]:
        """Apple's field `user`, which comes once and never again."""
        known = (request.client.client_id, request.user.subject)
        if self._introduced is None or known in self._introduced:
            return []
        self._introduced.add(known)
        first_name, last_name = request.user.name.split()
        name = {'firstName': first_name, 'lastName': last_name}
        user = {'name': name, 'email': self._directory.present(request.user).email}
        return [('user', json.dumps(user))]


async def _parameters(http: HttpRequest) -> list[tuple[str, str]]:
    """The parameters of a request: those of its form, or of its query."""
    if http.method == 'POST':
        return [(name, value) for name, value in (await http.form()).multi_items() if isinstance(value, str)]
    return list(http.query_params.multi_items())
