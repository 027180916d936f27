"""A person, as an endpoint or a page sees them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.exceptions import HTTPException

from ...api.user_client import user_client
from ...renewal.tokens.held_session import HeldSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who is known, at one moment; told apart by `issuer` and `sub` together (OpenID Connect Core §5.7).

    `provider` is the name of the provider with this issuer, where there are several; empty for the only one.
    `claims` are those of the ID token and userinfo, or of the access token where that is all there is. `scopes` are
    what the access token was granted (RFC 6749 §5.1).
    """

    issuer: str
    sub: str
    claims: Mapping[str, Any] = field(repr=False)
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    provider: str = ''

    @property
    def name(self) -> str:
        """What to call the person."""
        return name_of(self.claims, self.sub)

    @property
    def email(self) -> str | None:
        """The address, as the provider has it; whether it was verified, `claims['email_verified']` says."""
        email = self.claims.get('email')
        return email if isinstance(email, str) else None

    def has(self, *, role: str | Collection[str] = (), scope: str | Collection[str] = ()) -> bool:
        """Whether the person has each of these roles, and the access token each of these scopes."""
        return role_names(role) <= self.roles and scope_names(scope) <= self.scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointUser(Person):
    """Who calls an endpoint: a person in a browser, or whoever has sent an access token for this app.

    `is_browser`: the session's cookie says so.
    """

    is_browser: bool
    _held: HeldSession | None = field(default=None, repr=False, compare=False)

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


def name_of(claims: Mapping[str, Any], sub: str) -> str:
    """The first that is known of name, preferred user name, email and subject."""
    known = (claims.get(claim) for claim in ('name', 'preferred_username', 'email'))
    return next((name for name in known if isinstance(name, str) and name), sub)


def role_names(value: str | Collection[str]) -> frozenset[str]:
    """One role, or a collection; a text is one, since their names have spaces in them."""
    return frozenset({value} if isinstance(value, str) else value)


def scope_names(value: str | Collection[str]) -> frozenset[str]:
    """One scope, several with spaces between them (RFC 6749 §3.3), or a collection."""
    return frozenset(value.split() if isinstance(value, str) else value)
