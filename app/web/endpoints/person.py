"""A person, as an endpoint sees them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import httpx
from starlette.exceptions import HTTPException

from ...api.user_client import user_client
from ...hooks.person import Person as Person
from ...hooks.person import acr_names as acr_names
from ...hooks.person import name_of as name_of
from ...hooks.person import role_names as role_names
from ...hooks.person import scope_names as scope_names
from ...renewal.tokens.held_session import HeldSession


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointUser(Person):
    """Who calls an endpoint: a person in a browser, or whoever has sent an access token for this app.

    `is_browser`: the session's cookie says so.
    """

    is_browser: bool
    _authenticated: Callable[[Collection[str], int | None], bool] | None = field(
        default=None, repr=False, compare=False
    )
    _held: HeldSession | None = field(default=None, repr=False, compare=False)

    def authenticated(self, *, acr: str | Collection[str] = (), max_age: int | None = None) -> bool:
        """Whether they have signed in with one of these `acr`, at most `max_age` seconds ago (RFC 9470).

        By the session, or by the access token's own `acr` and `auth_time` (RFC 9068 §2.2.1).
        """
        return self._authenticated is not None and self._authenticated(acr_names(acr), max_age)

    def client(self, base_url: str, audience: str | None = None) -> httpx.AsyncClient:
        """A client for the API at `base_url` with the session's access token, for as long as somebody uses it.

        See `user_client`; to be closed, best by `async with`. Raises an `HTTPException` as `access_token` does.
        """
        return user_client(self._session(), base_url, audience)

    async def access_token(self, audience: str | None = None) -> str:
        """A valid access token of the session, renewed first if need be; for calls from the server.

        `audience` is the API that it is for; None, or OIDC_AUDIENCE: the session's own token. Raises what
        `LiveSession.access_token` does, and an `HTTPException` (403) if there is no session: an access token that was
        sent here is for here, and not passed on (RFC 9700 §2.3).
        """
        return await self._session().access_token(audience)

    def _session(self) -> HeldSession:
        if self._held is None:
            raise HTTPException(403, SENT, {'Cache-Control': 'no-store'})
        return self._held


SENT = 'This needs somebody who is signed in in a browser: an access token that is sent here is not passed on.'
