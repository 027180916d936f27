"""Who calls an endpoint: the session of the cookie counts first, then an access token in the `Authorization` header.

| what came                                          | who calls                                              |
|----------------------------------------------------|--------------------------------------------------------|
| the cookie of a session                            | the person                                             |
| the same, with a change that another site sent     | whose token came along; without one it is refused: 403 |
| an access token for this app                       | whose it is; a bad one is refused: 401                 |
| neither, or the cookie of a session that has ended | nobody                                                 |

Asking is nothing that a person does: it keeps no session from its idle limit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from ...api.access_tokens import AccessTokens, issuer_in, scopes_of
from ...api.token_refused import TokenRefused
from ...app_context import AppContext
from ...errors.codes import by_code
from ...oidc.id_token import Claims
from ...oidc.wishes.authentication import Authentication
from ...renewal.tokens.held_session import HeldSession
from ...sessions.session import Ending, Session
from ...settings import DEMO_API_PATH, Settings
from ..csrf import csrf_of
from ..identity import Identity
from .person import EndpointUser

SAFE_METHODS = frozenset({'GET', 'HEAD', 'OPTIONS', 'TRACE'})  # RFC 9110 §9.2.1


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls; if nobody does, `ended` is why somebody's session is over."""

    user: EndpointUser | None
    ended: Ending | None = None

    def known(self) -> EndpointUser:
        """Who calls. Raises `TokenRefused` if nobody does."""
        if self.user is not None:
            return self.user
        if self.ended is None:
            raise TokenRefused(401, None, 'This needs somebody who is signed in, or an access token.')
        error = by_code(self.ended.code)
        raise TokenRefused(401, None, f'{error.title}. {error.advice}')


class Callers:
    """Tells who calls the endpoints of one app; `roles_of` are the roles that claims give, of whatever token."""

    def __init__(self, context: AppContext, roles_of: Callable[[Claims], frozenset[str]]) -> None:
        self._app = context
        self._roles_of = roles_of
        tokens = [
            AccessTokens(
                own.issuer,
                audiences_of(own),
                provider.key_set(),
                context.clock,
                client_id=own.client_id,
                skew=own.clock_skew,
            )
            for own, provider in zip(context.settings.each(), context.providers, strict=True)
        ]
        self._tokens = {of_one.issuer: of_one for of_one in reversed(tokens)}
        self._first = tokens[0]

    async def find(self, connection: HTTPConnection, who: Identity | None) -> Caller:
        """Who calls; `who` is the browser, None where its cookie is not to count.

        Raises `TokenRefused`, `StoreFailed`, and what fetching the provider's keys raises.
        """
        kept = await self._kept(who)
        is_signed_in = kept is not None and kept.ended is None
        is_forged = is_signed_in and may_be_forged(connection, self._app)
        if kept is not None and is_signed_in and not is_forged:
            return Caller(user_of(self._app, kept, self._roles_of))
        authorization = connection.headers.get('Authorization', '')
        if authorization.split(' ')[0].lower() == 'bearer':
            tokens = self._tokens.get(issuer_in(authorization), self._first)
            return Caller(self._of_token(await tokens.check(authorization)))
        if is_forged:
            raise TokenRefused(403, None, 'This request did not come from a page of this app, so it changes nothing.')
        return Caller(None, kept.ended if kept else None)

    async def _kept(self, who: Identity | None) -> Session | None:
        """The browser's session, as it is now."""
        if who is None or who.session is None:
            return who.kept if who else None
        return await self._app.registry.present(who.session)

    def _of_token(self, claims: Claims) -> EndpointUser:
        return EndpointUser(
            issuer=claims['iss'],
            sub=claims['sub'],
            claims=claims,
            roles=self._roles_of(claims),
            scopes=scopes_of(claims),
            provider=by.name if (by := self._app.providers.by_issuer(claims['iss'])) else '',
            is_browser=False,
            _authenticated=_authenticated(self._app, claims, None),
        )


def user_of(context: AppContext, session: Session, roles_of: Callable[[Claims], frozenset[str]]) -> EndpointUser:
    """The person of this session."""
    return EndpointUser(
        issuer=session.issuer,
        sub=session.subject,
        claims=session.claims,
        roles=roles_of(session.claims),
        scopes=session.granted,
        provider=context.provider_name(session),
        is_browser=True,
        _authenticated=_authenticated(context, session.id_claims, session.signed_in_at),
        _held=HeldSession(context.registry, session),
    )


def _authenticated(
    context: AppContext, claims: Claims, learnt_at: float | None
) -> Callable[[Collection[str], int | None], bool]:
    """What says whether these claims, which a sign-in brought then, are of one that is strong and recent enough."""
    found = Authentication.of(claims, learnt_at, context.settings.clock_skew)
    return lambda acr, max_age: found.has_acr(acr) and found.is_recent(max_age, context.clock.now())


async def person_of(context: AppContext, issuer: str, subject: str) -> EndpointUser | None:
    """The person, by the latest of their sessions that has not ended, also by a limit; None if there is none.

    Asking is nothing that they do. Raises `StoreFailed`.
    """
    for found in await context.store.sessions_of(issuer, subject):
        session = await context.registry.present(found)
        if session is not None and session.ended is None:
            return user_of(context, session, lambda claims: context.roles_of(claims).roles)
    return None


def audiences_of(settings: Settings) -> list[str]:
    """What this app is called in access tokens: OIDC_AUDIENCE, or the demo API's name, so that it can be tried."""
    demo = [f'{settings.issuer}{DEMO_API_PATH}'] if settings.is_demo else []
    return [settings.oidc_audience] if settings.oidc_audience else demo


def may_be_forged(connection: HTTPConnection, context: AppContext) -> bool:
    """Whether a request that would change something may be another site's, sent in a person's name.

    A request that says neither its site nor its origin is no browser's: those send an `Origin` with each such method.
    """
    if connection.scope.get('method') in SAFE_METHODS:
        return False
    is_ours = csrf_of(context).is_ours(connection.headers)
    return not is_ours if is_ours is not None else 'Origin' in connection.headers
