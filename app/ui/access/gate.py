"""What stands before a page: it is not built for who may not see it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from ...app_context import AppContext
from ...errors import SettingsError
from ...oidc.wishes.wish import SignInWish
from ...sessions.session import Session
from ...web.asgi.visit import visit_of
from ...web.endpoints.requirement import Requirement
from ...web.host_names import redirect
from ...web.identity import Identity, identify_visitor
from ...web.links import login_url
from ...web.wishes.signed import signed_query
from ..notices.notice import Way, forbidden, more_scope_text
from ..notices.small_page import Frame, ended_page, plain_frame, small_page
from ..notices.texts import texts
from ..user import User

log = logging.getLogger(__name__)


class TurnedAway(Exception):
    """The page is not built, and this is answered instead."""

    def __init__(self, response: Response) -> None:
        super().__init__('turned away')
        self.response = response


@dataclass(frozen=True, slots=True)
class Gate:
    """A dependency of a page (FastAPI's `Depends`): finds out who opens it, which counts as doing something.

    `optional` lets visitors in. `frame` is what the pages have around them that are shown instead. Raises `TurnedAway`,
    `StoreFailed` if nobody can say who it is, and `SettingsError`.
    """

    guard: Requirement[User]
    optional: bool = False
    frame: Frame = plain_frame

    async def __call__(self, request: Request) -> None:
        visit = visit_of(request.scope)
        if visit is None:
            raise SettingsError('Auth: is not in this app; call auth.install(app) before ui.run_with(app)')
        app = visit.context
        who = visit.who = await identify_visitor(request, app)
        if who.session is None:
            if not self.optional:
                raise TurnedAway(self._unknown(request, app, who))
            _ = who.browser.id  # so that it is known again once somebody has signed in
        elif self.missing(user := User(app, who.session)):
            raise TurnedAway(self._forbidden(request, app, user, who.session))
        elif not self.guard.is_authenticated(user):
            raise TurnedAway(redirect(self._step_up(request, app, who.session)))

    def missing(self, user: User) -> list[str]:
        """What the person lacks, in words; empty if nothing.

        That a sign-in has grown old is no lack of a page that is open: it is asked for when one is opened.
        """
        return self.guard.missing(user, texts)

    def _step_up(self, request: Request, app: AppContext, session: Session) -> str:
        """The sign-in once more, as the page wants it, at the session's own provider, and back.

        It goes round only once: what is taken as its answer is what this gate takes (`Authentication`), and what is not
        is an error on a page of its own.
        """
        return self._login(request, app, self.guard.wish, session)

    def _login(self, request: Request, app: AppContext, wish: SignInWish, session: Session | None = None) -> str:
        provider = app.provider_of(session) if session else None
        name = provider.name if provider else None
        asked = signed_query(app, wish, name)
        return login_url(app.settings, path_and_query(request), None, name, asked)

    def _unknown(self, request: Request, app: AppContext, who: Identity) -> Response:
        """To the provider, and back; where the person has to click first, the reason and a button."""
        login = self._login(request, app, self.guard.wish)
        if who.kept is None or who.ended is None or not who.ended.stays:
            return redirect(login)
        return ended_page(request, app, who.kept, login, frame=self.frame)

    def _forbidden(self, request: Request, app: AppContext, user: User, session: Session) -> Response:
        """Who is signed in may not see the page."""
        path, found = path_and_query(request), app.roles_of(user.claims)
        roles, scopes = sorted(self.guard.roles - found.roles), sorted(self.guard.scopes - user.scopes)
        if roles and found.unknown:
            log.warning(
                '%s has none of the roles %s, as far as is known: %s', user.sub, ', '.join(roles), found.unknown
            )
        another = login_url(app.settings, path, 'login')
        more = more_scope_text(scopes), self._login(request, app, SignInWish(scope=frozenset(scopes)), session)
        notice = forbidden(
            path.partition('?')[0],
            allow=Way(*more) if scopes and not roles else None,
            scope=scopes,
            role=roles,
            has=sorted(user.scopes if scopes else found.roles),
            login_url=another,
            home=f'{app.settings.base_url}/',
        )
        return small_page(request, notice, 403, frame=self.frame)


def path_and_query(request: Request) -> str:
    """The address of the page below the root of the app, to the letter; `request.url.path` is decoded."""
    scope = request.scope
    path = bytes(scope['raw_path']).decode('latin-1').partition('?')[0].removeprefix(quote(scope.get('root_path', '')))
    return (path or '/') + (f'?{request.url.query}' if request.url.query else '')


def turned_away(_: Request, error: Exception) -> Response:
    """The exception handler that answers in the place of the page."""
    assert isinstance(error, TurnedAway)  # noqa: S101 - it is registered for no other
    return error.response
