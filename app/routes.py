"""Plain HTTP: the steps of signing in and out that only a request and its answer can do, since they set the cookie.

A failure is raised as an `AppError`; `pages/error.py` shows it.
"""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.browser import Browser
from app.errors import AppError, InvalidResponse, SignInExpired, from_provider
from app.oidc.authorization import AuthorizationResponse, parse_authorization_response
from app.return_to import local_path
from app.services import Services
from app.sessions.session import Session
from app.sessions.sign_in import SIGN_IN_LIFETIME, SignIn
from app.silent_page import silent_page

log = logging.getLogger(__name__)


def register(app: FastAPI, services: Services) -> None:
    """Add the routes to the app."""
    routes = Routes(services)
    for path, method, endpoint in (
        ('/login', 'GET', routes.login),
        ('/callback', 'GET', routes.callback),
        ('/silent', 'GET', routes.silent),
        ('/logout', 'POST', routes.logout),
        ('/health', 'GET', routes.health),
    ):
        app.add_api_route(path, endpoint, methods=[method], include_in_schema=False, response_model=None)


def login_path(return_to: str) -> str:
    """The link that signs a person in and brings them back."""
    return '/login?' + urlencode({'return_to': return_to})


class Routes:
    """The endpoints; they share the services and nothing else."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def login(self, request: Request) -> Response:
        """Send the browser to the provider."""
        browser, return_to = Browser(request), local_path(request.query_params.get('return_to'))
        authorization = await self._services.provider.sign_in_request(self._services.callback_uri)
        expires_at = self._services.clock.now() + SIGN_IN_LIFETIME
        await self._services.store.begin_sign_in(SignIn(authorization, return_to, browser.id, expires_at))
        browser.begin_sign_in(return_to)
        return _redirect(authorization.url)

    async def callback(self, request: Request) -> Response:
        """Take the provider's answer, and sign the person in."""
        browser, response = Browser(request), parse_authorization_response(request.url.query)
        if response.code is None and response.error is None:
            raise InvalidResponse('the callback has neither code nor error')
        now = self._services.clock.now()
        sign_in = await self._services.store.finish_sign_in(response.state or '', browser.id, now)
        if sign_in is None:
            return self._begin_anew(browser, response)
        try:
            session = await self._redeem(sign_in, response)
        except AppError as error:
            if not sign_in.silent:
                raise
            log.warning('silent sign-in failed: %s: %s', error.code, error)
            return _redirect(sign_in.return_to)
        await self._replace_session(browser.session_id, session)
        browser.sign_in(session.id)
        return _redirect(sign_in.return_to)

    async def silent(self) -> Response:
        """The page that the provider's answer to the silent frame lands on."""
        return silent_page()

    async def logout(self, request: Request) -> Response:
        """End the session here, in all its tabs, then at the provider."""
        browser = Browser(request)
        self._services.csrf.check(browser.id, (await request.form()).get('csrf'))
        session = await self._services.store.remove(browser.session_id) if browser.session_id else None
        if browser.session_id:
            self._services.renewers.end(browser.session_id)
        browser.sign_out()
        if session is None:
            return _redirect('/')
        hint = None if self._services.settings.id_token_hint == 'never' else session.tokens.id_token
        url = await self._services.provider.end_session_url(f'{self._services.settings.base_url}/', hint)
        return _redirect(url or '/')

    async def health(self) -> Response:
        """Whether the process serves requests."""
        return JSONResponse({'status': 'ok'})

    async def _redeem(self, sign_in: SignIn, response: AuthorizationResponse) -> Session:
        grant = await self._services.provider.redeem(sign_in.request, response)
        userinfo = await self._services.provider.userinfo(grant.tokens.access_token, grant.claims['sub'])
        return Session.begin(grant, userinfo)

    async def _replace_session(self, old_id: str | None, session: Session) -> None:
        """The new one first, so that there is one at any moment."""
        await self._services.store.create(session)
        if old_id is not None:
            await self._services.store.remove(old_id)
        self._services.renewers.hand_over(old_id, session)

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
