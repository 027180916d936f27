"""The step that takes the provider's answer, and signs the person in."""

from __future__ import annotations

import logging
from asyncio import CancelledError, Task, create_task
from contextlib import suppress
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from ...app_context import AppContext
from ...devices.device_name import device_name
from ...errors import (
    AcrTooLow,
    AnotherBrowser,
    AuthError,
    AuthTimeTooOld,
    Denied,
    InvalidResponse,
    MixedUp,
    NoCookie,
    SessionEnded,
    SignInExpired,
    StoreFailed,
    SubjectMismatch,
)
from ...errors.codes import by_code, from_provider
from ...oidc.authorization import AuthorizationResponse, parse_authorization_response
from ...oidc.provider_client import ProviderClient
from ...sessions.browser_record import new_browser_id
from ...sessions.learnt import learn
from ...sessions.pending_authorization import PendingAuthorization
from ...sessions.session import Ending, Session
from ...texts import texts
from ..apple.person_name import with_names
from ..apple.sealed_name import PARAMETER, unsealed
from ..browser import Browser
from ..host_names import OtherAddresses, redirect, redirect_within
from ..identity import Identity, awaited_sign_in, identify, known_prompt
from ..links import login_url
from ..middleware import route_path
from ..static_pages import GO_BACK, static_page
from .logout import ChangeUser

log = logging.getLogger(__name__)

REQUEST_FORGOTTEN = 'invalid_request_uri'  # a pushed request that is too old, or was used (RFC 9126 §2.2)


class Callback:
    """The endpoint `GET /callback`, and `GET /callback/{provider}` where there are several.

    `change_user` is called with each sign-in, as `routes.table` has it.
    """

    def __init__(self, app_context: AppContext, change_user: ChangeUser) -> None:
        self._app = app_context
        self._change_user = change_user
        self._others = OtherAddresses()
        self._letting_go: set[Task[None]] = set()  # of tokens that nobody was let in with

    async def answer(self, request: Request) -> Response:
        """Take the provider's answer, and sign the person in."""
        app_context, response = self._app, parse_authorization_response(request.url.query)
        if response.is_empty:
            raise InvalidResponse('the callback has neither code nor error')
        settings, landed_at = app_context.settings, app_context.settings.step_path(route_path(request.scope))
        landed = replace(response, landed_at=landed_at)
        if app_context.system_browser is not None and app_context.system_browser.answer(landed):
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
        who.browser.prompt, name = known_prompt(authorization.request.prompt), authorization.provider
        who.browser.asked = authorization.asked
        who.browser.provider = name
        if (provider := app_context.providers.named(name)) is None:  # it is not used any more
            return redirect(login_url(settings, who.browser.return_to))
        if settings.base_url + landed_at != provider.registration.callback_uri:
            raise MixedUp(f'an answer to a request to {name!r} came to the redirect URI of another provider')
        try:
            await self._sign_in(request, who.browser, provider, authorization, response)
        except AuthError as error:
            quirks = provider.quirks_after_refusal(authorization.request, error)
            if quirks != provider.quirks:
                await learn(provider, app_context.store, quirks)
                return redirect(self._login_url(who.browser, name))
            if error.code == REQUEST_FORGOTTEN and authorization.kind == 'interactive':
                return await self._begin_anew(request, who, response, authorization, is_misdirected=False)
            if isinstance(error, AcrTooLow | AuthTimeTooOld | SubjectMismatch):  # it would answer the same again
                who.browser.prompt = 'login'
            if authorization.kind != 'silent':
                raise
            level = logging.INFO if isinstance(error, Denied) else logging.WARNING  # nobody has asked, and that is that
            log.log(level, 'silent sign-in failed: %s: %s', error.code, error)
            if awaited:
                return await self._begin_anew(request, who, response, awaited, is_misdirected=True)
        return self._within(who.browser.return_to)

    def _login_url(self, browser: Browser, provider: str) -> str:
        """The link that asks for the same once more."""
        return login_url(self._app.settings, browser.return_to, browser.prompt, provider, browser.asked)

    def _within(self, path: str) -> Response:
        return redirect_within(self._app.settings, path)

    def _no_cookie(self, request: Request, detail: str) -> NoCookie:
        """With the address that was asked for, where that may be why."""
        base_url = self._app.settings.base_url
        if (seen := self._others.seen(request, base_url)) is None:
            return NoCookie(detail)
        advice = texts.say('no_cookie_advice', advice=texts.advice(NoCookie()), base_url=base_url, seen=seen)
        return NoCookie(f'{detail}; asked for at {seen!r}', advice=advice)

    async def _sign_in(
        self,
        request: Request,
        browser: Browser,
        provider: ProviderClient,
        authorization: PendingAuthorization,
        response: AuthorizationResponse,
    ) -> None:
        """From the provider's answer to the cookie; nothing has changed if it fails on the way."""
        heir = new_browser_id()
        grant = await provider.redeem(authorization.request, response, subject=authorization.subject or None)
        if authorization.kind != 'silent':  # which no provider asks for consent
            await learn(provider, self._app.store, provider.quirks_after(authorization.request, grant))
        userinfo = await provider.userinfo(grant.tokens.access_token, grant.claims['sub'])
        names = unsealed(self._app, request.query_params.get(PARAMETER), response.state)
        userinfo = with_names(userinfo, grant.claims, names, provider.issuer)
        device = device_name(request.headers.get('User-Agent', ''))
        works = authorization.frame_works
        session = Session.begin(
            grant,
            userinfo,
            heir,
            frame_works=works,
            device=device,
            provider=provider.name,
            request=authorization.request,
        )
        session = await self._allowed(session, provider)
        finished = await self._app.store.finish_authorization(authorization, session, browser.id)
        if finished is None:
            provider.revoke_later(session.tokens.refresh_token, session.tokens.access_token)
            raise SessionEnded('logged out, or signed in as somebody else, while signing in')
        if finished.session.id != session.id:
            return  # another tab was faster, and has the cookie
        before = browser.id
        browser.change_id(heir)
        if (ended := finished.ended) is not None:
            self._app.ended(ended, Ending(SubjectMismatch.code, session.signed_in_at))
        self._app.registry.hand_over(finished.earlier_id, session, before)
        self._change_user(request, keep=not finished.by_another, owner=session.owner)

    async def _allowed(self, session: Session, provider: ProviderClient) -> Session:
        """The session with what the app's hooks add to it; its tokens are worth nothing if they let nobody in.

        They are revoked then, but not while the person has a session: at some providers its tokens would go with them.
        """
        try:
            return await self._app.hooks.login(session)
        except AuthError:
            await self._let_go(session, provider)
            raise
        except CancelledError:
            task = create_task(self._let_go(session, provider))  # whoever is cancelled can wait for nothing
            self._letting_go.add(task)
            task.add_done_callback(self._letting_go.discard)
            raise

    async def _let_go(self, session: Session, provider: ProviderClient) -> None:
        with suppress(StoreFailed):  # then nobody knows whether there is another one
            if not await self._app.store.sessions_of(session.issuer, session.subject):
                provider.revoke_later(session.tokens.refresh_token, session.tokens.access_token)

    async def _begin_anew(
        self,
        request: Request,
        who: Identity,
        response: AuthorizationResponse,
        awaited: PendingAuthorization | None,
        *,
        is_misdirected: bool,
    ) -> Response:
        """Some providers answer with a stale `state`, or have forgotten a pushed request, and people press Back.

        That is worth one more try, for who waits for a sign-in that they began, and for a visitor. Whoever else is
        signed in stays so, and whoever was is not signed in again by an answer that nobody asked for.
        """
        is_worth_it = response.error in {None, REQUEST_FORGOTTEN} or (is_misdirected and (awaited or who.session))
        if response.error is not None and not is_worth_it:
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
        back, name = (awaited.return_to, awaited.provider) if awaited else (record.return_to, None)
        asked = awaited.asked if awaited else {}
        return redirect(login_url(self._app.settings, back, who.browser.prompt, name, asked))
