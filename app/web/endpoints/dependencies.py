"""Who calls an endpoint, as FastAPI's dependencies: `Depends(current)`, `Depends(required(role='admin'))`.

The session's cookie counts first, then an access token in the `Authorization` header.

| what came                                        | `current`           | `required()`                               |
|--------------------------------------------------|---------------------|--------------------------------------------|
| the cookie of a session                          | who it is           | who it is                                  |
| the same, for a change that another site sent    | 403                 | 403                                        |
| a good access token for this app                 | whose it is         | whose it is                                |
| a bad one                                        | 401 `invalid_token` | 401 `invalid_token`                        |
| neither, or a session that has ended             | None                | 401, in words                              |
| who lacks a role, a scope, or fails a check      | who it is           | 403 `insufficient_scope`, what is missing  |
| the store, or the provider's keys out of reach   | 503                 | 503                                        |

Asking is nothing that a person does: it keeps no session from its idle limit.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, HTTPException
from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from ...api.access_tokens import AccessTokens, scopes_of
from ...api.token_refused import TokenRefused
from ...app_context import AppContext
from ...error_codes import by_code
from ...errors import AppError, StoreFailed
from ...oidc.id_token import Claims
from ...sessions.session import Ending, Session
from ...settings import DEMO_API_PATH, Settings
from ..csrf import csrf_of
from ..identity import Identity
from .person import EndpointUser
from .requirement import Requirement

log = logging.getLogger(__name__)

SAFE_METHODS = frozenset({'GET', 'HEAD', 'OPTIONS', 'TRACE'})  # RFC 9110 §9.2.1
Visit = tuple[AppContext, Identity]


class AccessTokenScheme(SecurityBase):
    """What the OpenAPI document says of it; the token itself is read by whoever looks for the user."""

    def __init__(self) -> None:
        self.model = BearerModel(bearerFormat='JWT', description='An access token for this app (RFC 9068).')
        self.scheme_name = 'AccessToken'

    async def __call__(self) -> None:
        """Nothing is refused here: a cookie may do."""


SCHEME: Any = Depends(AccessTokenScheme())


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found; None, and why a session has ended, if nobody was."""

    user: EndpointUser | None
    ended: Ending | None = None


class Endpoints:
    """The dependencies of one app.

    `visit` gives the parts of the app, and who sent a request as far as its cookie says; it may raise an `AppError`.
    `roles_of` are the roles that the claims of an ID token, or of an access token, give.
    """

    def __init__(
        self,
        visit: Callable[[HTTPConnection], Awaitable[Visit]],
        roles_of: Callable[[Claims], frozenset[str]],
    ) -> None:
        self._visit = visit
        self._roles_of = roles_of
        self._tokens: AccessTokens | None = None

    async def current(self, connection: HTTPConnection, _scheme: None = SCHEME) -> EndpointUser | None:
        """Who calls; None if nobody says. Raises `HTTPException` as the table at the top has it."""
        return (await self._found(connection))[1].user

    def required(
        self,
        *,
        role: str | Collection[str] = (),
        scope: str | Collection[str] = (),
        check: Callable[[EndpointUser], bool] | None = None,
    ) -> Callable[..., Awaitable[EndpointUser]]:
        """A dependency that gives who calls, and refuses whoever is nobody or lacks something.

        They need each of the roles and scopes, and to pass `check`, which is a plain function.
        """
        requirement = Requirement.of(role, scope, check)

        async def user(connection: HTTPConnection, _scheme: None = SCHEME) -> EndpointUser:
            realm, found = await self._found(connection)
            if found.user is None:
                raise _refused(TokenRefused(401, None, _why_nobody(found.ended)), realm)
            if (refusal := requirement.refusal(found.user)) is not None:
                raise _refused(refusal, realm)
            return found.user

        return user

    async def _found(self, connection: HTTPConnection) -> tuple[str, Found]:
        """The realm, and who was found in it; raises `HTTPException` for any failure."""
        realm = ''
        try:
            context, who = await self._visit(connection)
            realm = context.settings.base_url
            return realm, await self._find(connection, context, who)
        except TokenRefused as error:
            raise _refused(error, realm) from None
        except AppError as error:
            log.warning('%s: %s: %s', connection.url.path, error.code, error)
            raise _unavailable(error) from error

    async def _find(self, connection: HTTPConnection, context: AppContext, who: Identity) -> Found:
        kept = await context.registry.look_at(who.session) if who.session else who.kept
        session = kept if kept and kept.ended is None else None
        is_forged = session is not None and may_be_forged(connection, context)
        if session is not None and not is_forged:
            return Found(self._of_session(session, context))
        authorization = connection.headers.get('Authorization', '')
        if authorization.split(' ')[0].lower() == 'bearer':
            return Found(self._of_token(await self._access_tokens(context).check(authorization)))
        if is_forged:
            raise TokenRefused(403, None, 'This request did not come from a page of this app, so it changes nothing.')
        return Found(None, kept.ended if kept else None)

    def _of_session(self, session: Session, context: AppContext) -> EndpointUser:
        async def token() -> str:
            return await (await context.registry.without_tab(session)).access_token()

        return EndpointUser(
            issuer=session.issuer,
            sub=session.subject,
            claims=session.claims,
            roles=self._roles_of(session.claims),
            scopes=session.granted,
            is_browser=True,
            token=token,
        )

    def _of_token(self, claims: Claims) -> EndpointUser:
        return EndpointUser(
            issuer=claims['iss'],
            sub=claims['sub'],
            claims=claims,
            roles=self._roles_of(claims),
            scopes=scopes_of(claims),
            is_browser=False,
        )

    def _access_tokens(self, context: AppContext) -> AccessTokens:
        """Made once, since it knows the provider's keys."""
        if self._tokens is None:
            settings, provider = context.settings, context.provider
            self._tokens = AccessTokens(
                settings.issuer,
                audiences_of(settings),
                provider.key_set(),
                context.clock,
                client_id=settings.client_id,
                skew=settings.clock_skew,
            )
        return self._tokens


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


def _why_nobody(ended: Ending | None) -> str:
    if ended is None:
        return 'This needs somebody who is signed in, or an access token.'
    error = by_code(ended.code)
    return f'{error.title}. {error.advice}'


def _refused(error: TokenRefused, realm: str) -> HTTPException:
    headers = {'WWW-Authenticate': error.challenge(realm), 'Cache-Control': 'no-store'}
    return HTTPException(error.status, error.description, headers)


def _unavailable(error: AppError) -> HTTPException:
    """Nobody can say who it is; that is no fault of the caller."""
    if isinstance(error, StoreFailed):
        words = 'Nobody can say right now who you are, since this app cannot reach its own memory. Try again soon.'
    else:
        words = 'The access token cannot be checked right now: the sign-in service is out of reach. Try again soon.'
    return HTTPException(503, words, {'Cache-Control': 'no-store'})
