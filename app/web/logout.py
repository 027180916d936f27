"""Logging out: which session a form ends, here and at the provider, and what the browser is known by afterwards."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..app_context import AppContext
from ..errors import CsrfFailed, NoSystemBrowser, SessionEnded, SubjectMismatch
from ..sessions.browser_record import BrowserRecord, new_browser_id
from ..sessions.session import Ending, Session
from ..sessions.tokens.revoke import revoke_tokens
from .csrf import csrf_of
from .host_names import redirect, redirect_to_step, redirect_within
from .identity import Identity, identify_visitor
from .static_pages import END_SESSION, form_page

log = logging.getLogger(__name__)

LOGOUT_PATH = '/logout'
MAX_FORM = 4096  # bytes
JSON = 'application/json'


class ChangeUser(Protocol):
    def __call__(self, request: Request, *, keep: bool, owner: str = '') -> None: ...


def leave_alone(request: Request, *, keep: bool, owner: str = '') -> None:
    """A `ChangeUser` for somebody's app, whose `app.storage` is theirs, and so is what happens to it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for, once nobody doubts that it is ours.

    `session` is the one that it names, as the store has it; `is_own` whether it is, or was, that of the browser that
    asks. `is_from_page`: a page of ours has sent it for this very session, whatever the browser's cookie says.
    """

    who: Identity
    session: Session | None
    is_own: bool
    is_from_page: bool

    @property
    def is_alive(self) -> bool:
        return self.session is not None and self.session.ended is None

    @property
    def is_for_nobody_else(self) -> bool:
        """Whether the browser, in which nobody else is signed in, is the one whose person pressed Log out."""
        return self.who.session is None and self.is_from_page

    @property
    def is_over_here_only(self) -> bool:
        """Whether nothing is left to be ended but the provider's session, which is this person's as far as we know."""
        if self.session is not None and self.session.ended and self.session.ended.code == SubjectMismatch.code:
            return False
        return not self.is_alive and self.who.session is None and (self.is_own or self.is_from_page)


class Logout:
    """The endpoint `POST /logout`."""

    def __init__(self, app_context: AppContext, change_user: ChangeUser) -> None:
        self._app = app_context
        self._change_user = change_user

    async def answer(self, request: Request) -> Response:
        """End the session that the form names, here and in all its tabs, then at the provider; never another one.

        A session that is over here already is ended at the provider all the same. A script that asks for JSON is told
        where to go on, unless only a form can go there (406). Raises `CsrfFailed`, `StoreFailed`.
        """
        asked, is_script = await self._asked(request), request.headers.get('Accept') == JSON
        if is_script and self._form(asked.session) is not None:
            return JSONResponse({}, 406)
        answer = await self._answer(request, asked)
        if not is_script:
            return answer
        location = answer.headers.get('Location')
        return JSONResponse({'location': location}, 200 if location else 406, {'Cache-Control': 'no-store'})

    async def _answer(self, request: Request, asked: Asked) -> Response:
        if asked.is_alive or asked.is_over_here_only:
            return await self._log_out(request, asked)
        # The page was of an earlier session: what the browser has now is for the person to decide.
        if asked.who.session is None:
            return redirect_within(self._app.settings, '/')
        return redirect_to_step(self._app.settings, LOGOUT_PATH)

    async def _asked(self, request: Request) -> Asked:
        """Raises `CsrfFailed` if the form is not ours, or names the session of another browser."""
        if int(request.headers.get('Content-Length') or MAX_FORM + 1) > MAX_FORM:
            raise CsrfFailed('the form is larger than ours')
        form = await request.form()
        reference, token = str(form.get('session', '')), form.get('csrf')
        who = await identify_visitor(request, self._app)
        if not reference and who.session is None:
            return Asked(who, None, is_own=False, is_from_page=False)
        csrf = csrf_of(self._app)
        csrf.check(request.headers, reference, token)
        session = await self._app.store.by_reference(reference)
        has_token = csrf.is_token(reference, token)
        is_own = session is not None and who.kept is not None and who.kept.id == session.id
        asked = Asked(who, session, is_own, is_from_page=has_token and csrf.is_ours(request.headers) is True)
        if asked.is_alive and not is_own and not has_token:
            raise CsrfFailed('the form names the session of another browser')
        return asked

    async def _log_out(self, request: Request, asked: Asked) -> Response:
        """The browser that asks gets another id, with the mark, so that nothing signs anybody in again by itself."""
        who, is_theirs = asked.who, asked.is_own or asked.is_for_nobody_else
        heir = new_browser_id() if is_theirs else None
        session = await self._end_here(asked, heir)
        if heir is None:  # another browser's session is over, but this one's at the provider is none of theirs
            return redirect_within(self._app.settings, '/')
        if await self._app.store.browser(heir) is not None:  # unless another tab was faster
            who.browser.change_id(heir)
            self._change_user(request, keep=False)
        return await self._to_provider(who, session)

    async def _end_here(self, asked: Asked, heir: str | None) -> Session | None:
        """Mark the session, have its tokens revoked, tell its tabs; what it was until now, as far as that is known."""
        app_context, session = self._app, asked.session
        ending = Ending(SessionEnded.code, app_context.clock.now())
        if session is None:
            if heir is not None:  # the store has lost the session, but not the person's wish
                mark = Session.unknown(heir, ending)
                await app_context.store.adopt(BrowserRecord(heir, session_id=mark.id), mark, ending.at)
            return None
        browser = asked.who.record.id if asked.who.record else None
        ended = await app_context.store.end(session.id, ending, browser=browser, heir=heir)
        app_context.registry.end(session.id)
        if ended is not None:
            revoke_tokens(ended, app_context.provider.revoke_later)
        return ended or session

    async def _to_provider(self, who: Identity, session: Session | None) -> Response:
        """Send the browser to end the provider's session, too: the one in which the person signs in."""
        app_context = self._app
        settings, provider = app_context.settings, app_context.provider
        hint = self._hint(session)
        url = await provider.end_session_url(settings.post_logout_uri, hint, session.logout_hint if session else None)
        outside = app_context.outside(who.window_key)
        form = self._form(session)
        if url and form and outside is None:
            return form_page(END_SESSION, *form)
        if url and outside:
            try:
                await outside.show(url)
            except NoSystemBrowser as error:
                log.warning('logged out here only: %s', error)
        return redirect(url) if url and not outside else redirect_within(settings, '/')

    def _hint(self, session: Session | None) -> str | None:
        return session.tokens.id_token if session and self._app.settings.id_token_hint != 'never' else None

    def _form(self, session: Session | None) -> tuple[str, dict[str, str]] | None:
        """Where to post what, if the provider's session has to be ended so."""
        settings = self._app.settings
        if settings.logout_method != 'post':
            return None
        return self._app.provider.end_session_form(settings.post_logout_uri, self._hint(session))
