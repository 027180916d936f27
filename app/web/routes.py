"""Plain HTTP: the steps of signing in and out that only a request and its answer can do, since they set the cookie.

A failure is raised as an `AuthError`; `pages/error.py` shows it.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..app_context import AppContext
from ..devices.device_name import device_name
from ..errors import (
    AddressTooLong,
    AnotherBrowser,
    AuthError,
    InvalidResponse,
    NoCookie,
    SessionEnded,
    SignInExpired,
)
from ..errors.codes import by_code, from_provider
from ..oidc.authorization import AuthorizationResponse, parse_authorization_response
from ..sessions.browser_record import new_browser_id
from ..sessions.learnt import learn
from ..sessions.pending_authorization import AUTHORIZATION_LIFETIME, AuthorizationKind, PendingAuthorization
from ..sessions.session import Session
from ..sessions.tokens.revoke import revoke_tokens
from ..settings import TICKET_PATH, WINDOW_PATH, Settings
from .browser import Browser, browser_of
from .csrf import csrf_of
from .host_names import HEALTH_PATH, OtherAddresses, redirect_within
from .host_names import redirect as _redirect
from .identity import Identity, awaited_sign_in, identify, identify_visitor, known_prompt
from .logout import LOGOUT_PATH, ChangeUser, Logout
from .return_to import return_path, return_query
from .static_pages import GO_BACK, LOG_IN, SILENT, static_page

log = logging.getLogger(__name__)

LOGIN_PATH, CALLBACK_PATH, SIGNED_IN_PATH, ELSEWHERE_PATH = '/login', '/callback', '/signed-in', '/login-elsewhere'
PAGE_KEY_HEADER = 'X-Stay-Signed-In-Page'  # which no other site's page can send: it would have to ask before
STEPS = (LOGIN_PATH, CALLBACK_PATH, '/silent', SIGNED_IN_PATH, LOGOUT_PATH)  # of signing in and out


def table(app_context: AppContext, change_user: ChangeUser) -> list[Route]:
    """The routes, by path and method.

    `change_user` is called with each sign-in, and each logout. What else is kept of whoever used the browser so far is
    to go, unless it is known to be the same `owner`'s, or not known to be anybody's and to `keep`.
    """
    routes = Routes(app_context, change_user)
    return [
        Route(path, endpoint, methods=[method])
        for path, method, endpoint in (
            (LOGIN_PATH, 'GET', routes.login),
            (CALLBACK_PATH, 'GET', routes.callback),
            ('/silent', 'GET', routes.silent),
            (SIGNED_IN_PATH, 'GET', routes.signed_in),
            (SIGNED_IN_PATH, 'POST', routes.prove),
            (LOGOUT_PATH, 'POST', Logout(app_context, change_user).answer),
            (HEALTH_PATH, 'GET', routes.health),
            (WINDOW_PATH, 'GET', routes.window),
            (TICKET_PATH + '/{ticket}', 'GET', routes.ticket),
        )
    ]


def login_path(return_to: str, prompt: str | None = None) -> str:
    """The step that signs a person in and brings them back; `prompt` as in OpenID Connect Core §3.1.2.1.

    Where they could not be brought back it says so.
    """
    try:
        back = return_query(return_to)
    except AddressTooLong as error:
        return f'{LOGIN_PATH}?code={error.code}'
    return f'{LOGIN_PATH}?' + urlencode(back | ({'prompt': prompt} if prompt else {}))


def login_url(settings: Settings, return_to: str, prompt: str | None = None) -> str:
    """The whole address of that step: the link."""
    return settings.step_url(login_path(return_to, prompt))


class Routes:
    """The endpoints; they share the app_context and nothing else."""

    def __init__(self, app_context: AppContext, change_user: ChangeUser) -> None:
        self._app = app_context
        self._change_user = change_user
        self._others = OtherAddresses()

    async def login(self, request: Request) -> Response:
        """Send the browser to the provider; the native window to the page that leaves this to the system's browser.

        Before that a page of ours looks for a fragment, which only the browser knows, and which the provider's pages
        would lose. Raises `AnotherAddress` where the callback would not know the browser again, and `AddressTooLong`.
        """
        settings = self._app.settings
        if request.query_params.get('code') == AddressTooLong.code:
            raise AddressTooLong
        if self._others.seen(request, settings.base_url):
            browser_of(request).return_to = return_path(request.query_params, settings.prefix)  # for the error page
            if (answer := self._others.answer(request, settings)) is not None:
                return answer
        app_context, who = self._app, await identify_visitor(request, self._app)
        who.browser.return_to = '/'
        return_to = who.browser.return_to = return_path(request.query_params, settings.prefix)
        is_popup = return_to == settings.step_path(SIGNED_IN_PATH)
        asked = who.browser.prompt = known_prompt(request.query_params.get('prompt'))
        if not is_popup and _may_have_a_fragment(request):
            return static_page(LOG_IN)
        if app_context.outside(who.window_key):
            return self._within(f'{ELSEWHERE_PATH}?{request.url.query}')
        authorization = await app_context.provider.sign_in_request(
            settings.callback_uri,
            who.prompt(asked, settings.login_after_limit),
        )
        expires_at = app_context.clock.now() + AUTHORIZATION_LIFETIME
        kind: AuthorizationKind = 'popup' if is_popup else 'interactive'
        await app_context.store.begin_authorization(
            PendingAuthorization(authorization, return_to, who.browser.id, expires_at, kind)
        )
        return _redirect(authorization.url)

    async def callback(self, request: Request) -> Response:
        """Take the provider's answer, and sign the person in."""
        app_context, response = self._app, parse_authorization_response(request.url.query)
        if response.is_empty:
            raise InvalidResponse('the callback has neither code nor error')
        if app_context.system_browser is not None and app_context.system_browser.answer(response):
            return static_page(GO_BACK)
        who, now = await identify(request, app_context), app_context.clock.now()
        try:
            authorization = await app_context.store.claim_authorization(
                response.state or '', who.browser.known_id or '', now
            )
        except AnotherBrowser as error:
            if who.browser.known_id is None and error.kind != 'system_browser':  # which none of our pages has seen yet
                # and not back to a page that would look for a session once more
                raise self._no_cookie(request, str(error)) from error
            if error.kind == 'silent':  # of tabs that open at the same moment in a new browser, one gives it its id
                return self._within(error.return_to)
            raise
        is_misdirected = request.query_params.get('landed') == 'silent'
        awaited = await awaited_sign_in(who, app_context) if is_misdirected or authorization is None else None
        if authorization is None:
            return await self._begin_anew(request, who, response, awaited, is_misdirected=is_misdirected)
        if is_misdirected:  # what came in the window says nothing of the frame
            authorization = replace(authorization, frame_has_answered=False)
        who.browser.return_to = awaited.return_to if awaited else authorization.return_to
        who.browser.prompt = known_prompt(authorization.request.prompt)
        try:
            await self._sign_in(request, who.browser, authorization, response)
        except AuthError as error:
            quirks = app_context.provider.quirks_after_refusal(authorization.request, error)
            if quirks != app_context.provider.quirks:
                await learn(app_context.provider, app_context.store, quirks)
                return _redirect(login_url(app_context.settings, who.browser.return_to, who.browser.prompt))
            if authorization.kind != 'silent':
                raise
            log.warning('silent sign-in failed: %s: %s', error.code, error)
            if awaited:
                return await self._begin_anew(request, who, response, awaited, is_misdirected=True)
        return self._within(who.browser.return_to)

    async def silent(self, _: Request) -> Response:
        """The page that the provider's answer to the silent frame lands on.

        In a window, where it lands if the provider has kept the request while a person signed in, the page hands the
        answer to `/callback`, with `landed=silent`.
        """
        return static_page(SILENT, self._app.settings.prefix)

    async def signed_in(self, _: Request) -> Response:
        """The page that a sign-in in a window of its own ends on; it closes the window."""
        return static_page(GO_BACK)

    async def prove(self, request: Request) -> Response:
        """A visitor's page that was told of a sign-in shows the cookie of its browser; 403 if that is not yet there."""
        is_ours = csrf_of(self._app).is_ours(request.headers) is not False
        who, key = await identify(request, self._app), request.headers.get(PAGE_KEY_HEADER, '')
        is_proved = is_ours and self._app.registry.visitors.prove(key, who.session)
        return Response(status_code=204 if is_proved else 403, headers={'Cache-Control': 'no-store'})

    async def health(self, _: Request) -> Response:
        """Whether the process serves requests."""
        return JSONResponse({'status': 'ok'})

    async def window(self, request: Request) -> Response:
        """What the native window opens first, with a key that makes it known."""
        app_context, key = self._app, request.query_params.get('key', '')
        if app_context.is_window_key(key):
            who = await identify(request, app_context)
            await app_context.store.change_browser(
                who.browser.id, lambda record: replace(record, window_key=key), app_context.clock.now()
            )
        return self._within('/')

    async def ticket(self, request: Request) -> Response:
        """What the window opens in the system's browser; it leads on once."""
        outside = self._app.system_browser
        url = outside.redeem(request.path_params['ticket']) if outside else None
        return _redirect(url) if url else self._within('/')

    def _within(self, path: str) -> Response:
        return redirect_within(self._app.settings, path)

    def _no_cookie(self, request: Request, detail: str) -> NoCookie:
        """With the address that was asked for, where that may be why."""
        base_url = self._app.settings.base_url
        if (seen := self._others.seen(request, base_url)) is None:
            return NoCookie(detail)
        advice = f'{NoCookie.advice} The app is at {base_url}, but this request came to {seen}: that may be why.'
        return NoCookie(f'{detail}; asked for at {seen!r}', advice=advice)

    async def _sign_in(
        self, request: Request, browser: Browser, authorization: PendingAuthorization, response: AuthorizationResponse
    ) -> None:
        """From the provider's answer to the cookie; nothing has changed if it fails on the way."""
        provider, heir = self._app.provider, new_browser_id()
        grant = await provider.redeem(authorization.request, response)
        if authorization.kind != 'silent':  # which no provider asks for consent
            await learn(provider, self._app.store, provider.quirks_after(authorization.request, grant))
        userinfo = await provider.userinfo(grant.tokens.access_token, grant.claims['sub'])
        device = device_name(request.headers.get('User-Agent', ''))
        session = Session.begin(grant, userinfo, heir, frame_works=authorization.frame_works, device=device)
        finished = await self._app.store.finish_authorization(authorization, session, browser.id)
        if finished is None:
            provider.revoke_later(session.tokens.refresh_token, session.tokens.access_token)
            raise SessionEnded('logged out, or signed in as somebody else, while signing in')
        if finished.session.id != session.id:
            return  # another tab was faster, and has the cookie
        before = browser.id
        browser.change_id(heir)
        if (ended := finished.ended) is not None:
            revoke_tokens(ended, provider.revoke_later)
        self._app.registry.hand_over(finished.earlier_id, session, before)
        self._change_user(request, keep=not finished.by_another, owner=session.owner)

    async def _begin_anew(
        self,
        request: Request,
        who: Identity,
        response: AuthorizationResponse,
        awaited: PendingAuthorization | None,
        *,
        is_misdirected: bool,
    ) -> Response:
        """Some providers answer with a stale `state`, and people press Back: that is worth one more try.

        It is for who waits for a sign-in that they began, and for a visitor. Whoever else is signed in stays so, and
        whoever was is not signed in again by an answer that nobody asked for.
        """
        if response.error is not None and not (is_misdirected and (awaited or who.session)):
            raise from_provider(response.error)  # without its words, since nobody vouches for them
        if awaited is None and who.session is not None:
            return self._within(who.browser.return_to)
        if awaited is None and who.ended is not None:
            raise by_code(who.ended.code)
        if who.record is None:  # it has begun nothing here, or keeps no cookies
            raise self._no_cookie(request, 'the callback has an unknown state, in a browser that is unknown too')
        record = await self._app.store.change_browser(
            who.record.id,
            lambda record: replace(record, begun_anew=not record.begun_anew),
            self._app.clock.now(),
        )
        if not record.begun_anew:
            raise SignInExpired('the callback has an unknown state, again')
        return _redirect(login_url(self._app.settings, awaited.return_to if awaited else record.return_to))


def _may_have_a_fragment(request: Request) -> bool:
    """Whether a person's page is being loaded (W3C Fetch Metadata §2), whose script has not told its fragment yet."""
    return request.headers.get('Sec-Fetch-Dest') == 'document' and 'fragment' not in request.query_params
