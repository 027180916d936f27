"""Who sent a request, looked up before anything is built to answer it."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.types import Scope

from ...app_context import AppContext
from ...errors import AuthError, StoreFailed
from ..browser import browser_of
from ..identity import Identity, identify

SCOPE_KEY = 'stay_signed_in.visit'


@dataclass
class Visit:
    """One request, and the page that is built to answer it, for as long as that is open.

    `who` sent it; `failure` is why nobody can say. `is_page` is whether a page was built, as far as anybody has looked;
    `page` is what that works with, once it is asked for.
    """

    app: AppContext | None
    who: Identity | None = None
    failure: AuthError | None = None
    is_page: bool = False
    page: Any = None

    @property
    def context(self) -> AppContext:
        """The parts of the app. Raises the `AuthError` that says why there are none."""
        if self.app is None:
            raise self.failure or AuthError()
        return self.app

    @property
    def identity(self) -> Identity:
        """Who sent the request. Raises the `AuthError` that says why nobody can tell."""
        if self.failure is not None or self.who is None:
            raise self.failure or StoreFailed()
        return self.who


# For tasks that were begun in a page, and have no page to ask.
present_visit: ContextVar[Visit | None] = ContextVar('stay_signed_in.visit', default=None)


def visit_of(scope: Scope) -> Visit | None:
    """The visit of this request; None if it passed none of our middleware."""
    visit = scope.get(SCOPE_KEY)
    return visit if isinstance(visit, Visit) else None


async def _as_it_is(who: Identity, app: AppContext) -> Identity:
    """With a session that a limit has ended meanwhile as one that is over."""
    return replace(who, kept=await app.registry.present(who.session)) if who.session else who


async def begin_visit(request: Request, app: AppContext) -> Visit:
    """Look up who sent this request. That is no activity, asks only for who shows our cookie, and sets none."""
    browser = browser_of(request)
    visit = Visit(app, Identity(browser))
    if browser.known_id is not None or browser.earlier is not None:
        try:
            visit = replace(visit, who=await _as_it_is(await identify(request, app), app))
        except StoreFailed as error:
            visit = Visit(app, failure=error)
    browser.is_asked_for = False  # so far nobody has asked; a picture that is sent along gets no cookie
    return visit
