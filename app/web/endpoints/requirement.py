"""What somebody must have to be let in."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from inspect import isawaitable, iscoroutine, iscoroutinefunction
from typing import Generic, Self, TypeVar

from ...api.token_refused import TokenRefused, missing_scope
from .person import Person, role_names, scope_names

P = TypeVar('P', bound=Person)


@dataclass(frozen=True, slots=True)
class Requirement(Generic[P]):
    """Every one of these roles and scopes; and whatever `check` says of the person, if they have those."""

    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    check: Callable[[P], bool] | None = None

    @classmethod
    def of(
        cls,
        role: str | Collection[str] = (),
        scope: str | Collection[str] = (),
        check: Callable[[P], bool] | None = None,
    ) -> Self:
        """The requirement that a guard's arguments mean. Raises `TypeError` if `check` is asynchronous."""
        if iscoroutinefunction(check):
            raise TypeError('check must not be asynchronous')
        return cls(role_names(role), scope_names(scope), check)

    def met_by(self, person: P) -> P:
        """The person, who has all of it. Raises `TokenRefused` that says what is missing.

        Raises what `check` does, and `TypeError` if that has to be awaited: a coroutine is true, whatever comes of it.
        """
        if missing := sorted(self.scopes - person.scopes):
            raise missing_scope(' '.join(missing))
        if missing := sorted(self.roles - person.roles):
            raise TokenRefused(403, 'insufficient_scope', f'This needs the role {", ".join(missing)}.')
        if self.check is not None and not _plain(self.check(person)):
            raise TokenRefused(403, 'insufficient_scope', 'You may not do this.')
        return person


def _plain(value: object) -> object:
    """The value, if it need not be awaited."""
    if isawaitable(value):
        if iscoroutine(value):
            value.close()
        raise TypeError('check must not be asynchronous')
    return value
