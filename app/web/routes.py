"""Plain HTTP: the steps of signing in and out that only a request and its answer can do, since they set the cookie.

A failure is raised as an `AppError`; `pages/error.py` shows it.
"""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from ..app_context import AppContext
from ..error_codes import from_provider
from ..errors import (
    AnotherBrowser,
    AppError,
    CsrfFailed,
    InvalidResponse,
    NoSystemBrowser,
    SessionEnded,
    SignInExpired,
)
from ..oidc.authorization import AuthorizationResponse, parse_authorization_response
from ..sessions.pending_authorization import PendingAuthorization
from ..sessions.session import Session
from ..settings import TICKET_PATH, WINDOW_PATH
from .browser import Browser
from .csrf import Csrf
from .return_to import local_path
from .static_pages import GO_BACK, SILENT, static_page

log = logging.getLogger(__name__)

MAX_FORM = 4096  # bytes
SIGNED_IN_PATH, ELSEWHERE_PATH = '/signed-in', '/login-elsewhere'
PROMPTS = frozenset({'login', 'select_account'})


def register(app: FastAPI, services: AppContext) -> None:
    """Add the routes to the app."""
    routes = Routes(services)
    for path, method, endpoint in (
        ('/login', 'GET', routes.login),
        ('/callback', 'GET', routes.callback),
        ('/silent', 'GET', routes.silent),
        (SIGNED_IN_PATH, 'GET', routes.signed_in),
        ('/logout', 'POST', routes.logout),
        ('/health', 'GET', routes.health),
        (WINDOW_PATH, 'GET', routes.window),
        (TICKET_PATH + '/{ticket}', 'GET', routes.ticket),
    ):
        app.add_api_route(path, endpoint, methods=[method], include_in_schema=False, response_model=None)


def login_path(return_to: str, prompt: str | None = None) -> str:
    """The link that signs a person in and brings them back; `prompt` as in OpenID Connect Core §3.1.2.1."""
    return '/login?' + urlencode({'return_to': return_to} | ({'prompt': prompt} if prompt else {}))


def known_prompt(prompt: str | None) -> str | None:
    """The `prompt` of a sign-in, if it is one that a link of ours has; anybody can make a link."""
    return prompt if prompt in PROMPTS else None


class Routes:
    """The endpoints; they share the services and nothing else."""

    def __init__(self, services: AppContext) -> None:
        self._services = services

    async def login(self, request: Request) -> Response:
        """Send the browser to the provider; the native window to the page that leaves this to the system's browser."""
        browser, return_to = Browser(request), local_path(request.query_params.get('return_to'))
        browser.begin_authorization(return_to)
        if self._services.outside(browser.window_key):
            return _redirect(f'{ELSEWHERE_PATH}?{request.url.query}')
        authorization = await self._services.provider.sign_in_request(
            self._services.settings.callback_uri, known_prompt(request.query_params.get('prompt'))
        )
        now = self._services.clock.now()
        await self._services.store.begin_authorization(
            PendingAuthorization.begin(authorization, return_to, browser.id, now)
        )
        return _redirect(authorization.url)

    async def callback(self, request: Request) -> Response:
        """Take the provider's answer, and sign the person in."""
        browser, response = Browser(request), parse_authorization_response(request.url.query)
        if response.code is None and response.error is None:
            raise InvalidResponse('the callback has neither code nor error')
        if self._services.system_browser is not None and self._services.system_browser.answer(response):
            return static_page(GO_BACK)
        try:
            sign_in = await self._services.store.claim_authorization(
                response.state or '', browser.id, self._services.clock.now()
            )
        except AnotherBrowser as error:
            if error.is_silent:  # of tabs that open at the same moment in a new browser, one gives it its id
                return _redirect('/')
            raise
        if sign_in is None:
            return self._begin_anew(browser, response)
        try:
            await self._sign_in(browser, sign_in, response)
        except AppError as error:
            if not sign_in.silent:
                raise
            log.warning('silent sign-in failed: %s: %s', error.code, error)
        return _redirect(sign_in.return_to)

    async def silent(self) -> Response:
        """The page that the provider's answer to the silent frame lands on."""
        return static_page(SILENT)

    async def signed_in(self) -> Response:
        """The page that a sign-in in a window of its own ends on; it closes the window."""
        return static_page(GO_BACK)

    async def logout(self, request: Request) -> Response:
        """End the session here, in all its tabs, then at the provider."""
        browser = Browser(request)
        if int(request.headers.get('Content-Length') or MAX_FORM + 1) > MAX_FORM:
            raise CsrfFailed('the form is larger than ours')
        if browser.session_id is None:
            return _redirect('/')
        Csrf(self._services.secret_key()).check(browser.id, (await request.form()).get('csrf'))
        sessions = await self._services.store.forget_browser(browser.id)
        for session in sessions:
            self._services.registry.end(session.id)
        self._services.registry.end(browser.session_id)  # its tabs may outlive what the store knew of it
        browser.sign_out()
        if not sessions:  # it had ended already
            return _redirect('/')
        hint = None if self._services.settings.id_token_hint == 'never' else sessions[-1].tokens.id_token
        url = await self._services.provider.end_session_url(self._services.settings.post_logout_uri, hint)
        if url and (outside := self._services.outside(browser.window_key)):  # which is where the provider's session is
            try:
                await outside.show(url)
            except NoSystemBrowser as error:
                log.warning('logged out here only: %s', error)
            return _redirect('/')
        return _redirect(url or '/')

    async def health(self) -> Response:
        """Whether the process serves requests."""
        return JSONResponse({'status': 'ok'})

    async def window(self, request: Request) -> Response:
        """What the native window opens first, with a key that makes it known."""
        key = request.query_params.get('key', '')
        if self._services.is_window_key(key):
            Browser(request).become_window(key)
        return _redirect('/')

    async def ticket(self, ticket: str) -> Response:
        """What the window opens in the system's browser; it leads on once."""
        outside = self._services.system_browser
        return _redirect((outside.redeem(ticket) if outside else None) or '/')

    async def _sign_in(self, browser: Browser, sign_in: PendingAuthorization, response: AuthorizationResponse) -> None:
        """From the provider's answer to the cookie; nothing has changed if it fails on the way."""
        grant = await self._services.provider.redeem(sign_in.request, response)
        userinfo = await self._services.provider.userinfo(grant.tokens.access_token, grant.claims['sub'])
        old_id, others = browser.session_id, await self._services.store.of_browser(browser.id)
        if any(other.subject != grant.claims['sub'] for other in others):
            browser.change_id()
        session = Session.begin(grant, userinfo, browser.id, frame_works=sign_in.frame_works)
        if not await self._services.store.finish_authorization(sign_in, session):
            raise SessionEnded('logged out while signing in')
        self._services.registry.hand_over(old_id, session)
        browser.sign_in(session.id)
        for other in others:
            # One of the same person that another tab made just now stays: nobody knows which one the cookie will name.
            if other.id == old_id or other.subject != session.subject:
                await self._services.store.remove(other.id)
                self._services.registry.end(other.id)

    def _begin_anew(self, browser: Browser, response: AuthorizationResponse) -> Response:
        """Some providers answer with a stale `state`, and people press Back: that is worth one more try."""
        if response.error is not None:
            raise from_provider(response.error)  # without its words, since nobody vouches for them
        if not browser.may_begin_anew():
            raise SignInExpired('the callback has an unknown state, again')
        return _redirect(login_path(browser.return_to))


def _redirect(url: str) -> Response:
    return RedirectResponse(
        url, status_code=303, headers={'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer'}
    )
