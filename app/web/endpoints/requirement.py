"""What somebody must have to be let in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from inspect import isawaitable, iscoroutine, iscoroutinefunction
from typing import Generic, Protocol, Self, TypeVar

from ...api.token_refused import TokenRefused, missing_scope
from ...texts.english import ENGLISH
from .person import role_names, scope_names


class Known(Protocol):
    """What a requirement looks at."""

    @property
    def roles(self) -> frozenset[str]: ...

    @property
    def scopes(self) -> frozenset[str]: ...


P = TypeVar('P', bound=Known)


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

    def missing(self, person: P, words: Mapping[str, str] = ENGLISH) -> list[str]:
        """What the person lacks, in these words; empty if nothing. What goes into a header is English.

        Raises what `check` does, and `TypeError` if that has to be awaited: a coroutine is true, whatever comes of it.
        """
        roles = [words['missing_role'].format(name=name) for name in sorted(self.roles - person.roles)]
        scopes = [words['missing_scope'].format(name=name) for name in sorted(self.scopes - person.scopes)]
        if roles or scopes or self.check is None or _plain(self.check(person)):
            return [*roles, *scopes]
        return [words['missing_check']]

    def lets_in(self, person: P | None) -> bool:
        """Whether somebody is there, and lacks nothing."""
        return person is not None and not self.missing(person)

    def met_by(self, person: P) -> P:
        """The person, who has all of it. Raises `TokenRefused` that says what is missing, and what `missing` does."""
        if missing := sorted(self.scopes - person.scopes):
            raise missing_scope(' '.join(missing))
        if missing := self.missing(person):
            raise TokenRefused(403, 'insufficient_scope', f'This needs {", ".join(missing)}.')
        return person


def _plain(value: object) -> object:
    """The value, if it need not be awaited."""
    if isawaitable(value):
        if iscoroutine(value):
            value.close()
        raise TypeError('check must not be asynchronous')
    return value
