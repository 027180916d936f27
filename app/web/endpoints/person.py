"""A person, as an endpoint sees them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException

from ...hooks.person import Person as Person
from ...hooks.person import name_of as name_of
from ...hooks.person import role_names as role_names
from ...hooks.person import scope_names as scope_names


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointUser(Person):
    """Who calls an endpoint: a person in a browser, or whoever has sent an access token for this app.

    `is_browser`: the session's cookie says so.
    """

    is_browser: bool
    _token: Callable[[], Awaitable[str]] | None = field(default=None, repr=False, compare=False)

    async def access_token(self) -> str:
        """A valid access token of the session, renewed first if need be; for calls from the server.

        Raises what `LiveSession.access_token` does, and an `HTTPException` (403) if there is no session: an access
        token that was sent here is for here, and not passed on (RFC 9700 §2.3).
        """
        if self._token is None:
            raise HTTPException(403, SENT, {'Cache-Control': 'no-store'})
        return await self._token()


SENT = 'This needs somebody who is signed in in a browser: an access token that is sent here is not passed on.'
