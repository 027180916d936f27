"""Who calls an endpoint, as FastAPI's dependencies: `Depends(current)`, `Depends(required(role='admin'))`."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from fastapi import Depends, HTTPException
from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from ...api.token_refused import TokenRefused
from ...app_context import AppContext
from ...errors import AuthError
from ...oidc.id_token import Claims
from ..identity import Identity
from .callers import Caller, Callers
from .person import EndpointUser
from .refusals import refusal
from .requirement import Requirement

log = logging.getLogger(__name__)

Visit = tuple[AppContext, Identity | None]


class AccessTokenScheme(SecurityBase):
    """What the OpenAPI document says of the token, which is read by whoever looks for the user."""

    def __init__(self) -> None:
        self.model = BearerModel(bearerFormat='JWT', description='An access token for this app (RFC 9068).')
        self.scheme_name = 'AccessToken'

    async def __call__(self) -> None:
        """Nothing is refused here: a cookie may do."""


SCHEME: Any = Depends(AccessTokenScheme())


class Endpoints:
    """The dependencies of one app, for endpoints wherever they are registered.

    `visit` gives the parts of the app, and who sent a request as far as its cookie says (None where that is not to
    count, as for a websocket); it may raise an `AuthError`. `roles_of` are the roles that claims give, of an ID token
    or an access token.
    """

    def __init__(
        self,
        visit: Callable[[HTTPConnection], Awaitable[Visit]],
        roles_of: Callable[[Claims], frozenset[str]],
    ) -> None:
        self._visit = visit
        self._roles_of = roles_of
        self._callers: Callers | None = None

    async def current(self, connection: HTTPConnection, _scheme: None = SCHEME) -> EndpointUser | None:
        """Who calls; None if nobody says.

        Raises `HTTPException`: 401 for a bad access token, 403 for a change that another site sent in a person's name,
        503 where nobody can say who it is right now.
        """
        return (await self._caller(connection))[1].user

    def required(
        self,
        *,
        role: str | Collection[str] = (),
        scope: str | Collection[str] = (),
        check: Callable[[EndpointUser], bool] | None = None,
        acr: str | Collection[str] = (),
        max_age: int | None = None,
    ) -> Callable[..., Awaitable[EndpointUser]]:
        """A dependency that gives who calls, and refuses whoever is nobody (401) or lacks something (403).

        They need each of the roles and scopes, to pass `check`, which is a plain function, and to have signed in with
        one of `acr`, at most `max_age` seconds ago (else 401, RFC 9470). Raises `TypeError` for what cannot be meant.
        """
        requirement = Requirement.of(role, scope, check, acr, max_age)

        async def user(connection: HTTPConnection, _scheme: None = SCHEME) -> EndpointUser:
            realm, caller = await self._caller(connection)
            try:
                return requirement.met_by(caller.known())
            except TokenRefused as error:
                raise _http(error, realm) from None

        return user

    async def _caller(self, connection: HTTPConnection) -> tuple[str, Caller]:
        """The realm, and who calls in it; raises `HTTPException`."""
        realm = ''
        try:
            context, who = await self._visit(connection)
            realm = context.settings.base_url
            if self._callers is None:
                self._callers = Callers(context, self._roles_of)
            return realm, await self._callers.find(connection, who)
        except TokenRefused as error:
            raise _http(error, realm) from None
        except AuthError as error:
            log.warning('%s: %s: %s', connection.url.path, error.code, error)
            raise _http(error, realm) from error


def _http(error: TokenRefused | AuthError, realm: str) -> HTTPException:
    found = refusal(error, realm)
    return HTTPException(found.status, found.words, found.headers)
