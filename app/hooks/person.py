"""A person, as the hooks of an app get them, and endpoints and pages see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import SessionEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who is known, at one moment; told apart by `issuer` and `sub` together (OpenID Connect Core §5.7).

    `claims` are those of the ID token and userinfo, or of the access token where that is all there is. `scopes` are
    what the access token was granted (RFC 6749 §5.1). `provider` is the name of the provider that they signed in at, ''
    of the only one, unless that was given a name.
    """

    issuer: str
    sub: str
    claims: Mapping[str, Any] = field(repr=False)
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    provider: str = ''
    _access_token: str | None = field(default=None, repr=False, compare=False)

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

    async def access_token(self) -> str:
        """The access token as it is now, for a call from the server; it must never be shown.

        Raises `SessionEnded` if there is none any more, as in a hook of a logout.
        """
        if self._access_token is None:
            raise SessionEnded
        return self._access_token


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


def acr_names(value: str | Collection[str]) -> tuple[str, ...]:
    """One authentication context class reference, several with spaces between them, or a collection; in order.

    As in `acr_values` (OpenID Connect Core §3.1.2.1).
    """
    return tuple(value.split() if isinstance(value, str) else value)
