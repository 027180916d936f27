"""Who may see a page, or do something on it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol, Self

from .user import role_names, scope_names

Check = Callable[[Any], bool]  # of a `User`


class Known(Protocol):
    """What a guard looks at: of a `User`, the roles and the granted scopes."""

    @property
    def roles(self) -> frozenset[str]: ...

    @property
    def scopes(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets in whoever is signed in, has every role, was granted every scope (RFC 6749 §3.3), and passes `check`.

    What counts is what was granted, which may be less than was requested (§5.1), and may change with a renewal.
    """

    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    check: Check | None = None

    @classmethod
    def of(
        cls, role: str | Collection[str] = (), scope: str | Collection[str] = (), check: Check | None = None
    ) -> Self:
        """The guard that wants each of these."""
        return cls(role_names(role), scope_names(scope), check)

    def missing(self, user: Known) -> list[str]:
        """What the person lacks, in words; empty if nothing."""
        roles = [f'the role {name}' for name in sorted(self.roles - user.roles)]
        scopes = [f'the scope {name}' for name in sorted(self.scopes - user.scopes)]
        fails = not (roles or scopes) and self.check is not None and not self.check(user)
        return [*roles, *scopes, *['a permission that this page asks for'] * fails]

    def lets_in(self, user: Known | None) -> bool:
        """Whether this person may see the page; nobody is signed in if it is None."""
        return user is not None and not self.missing(user)


signed_in = Guard()


def requires_scope(*scopes: str) -> Guard:
    """The guard of a page that needs these scopes, as `requires_scope('write:messages')`."""
    return Guard(scopes=frozenset(scopes))
