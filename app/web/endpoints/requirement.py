"""What somebody must have to be let in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from inspect import isawaitable, iscoroutine, iscoroutinefunction
from typing import Generic, Protocol, Self, TypeVar

from ...api.token_refused import TokenRefused, insufficient_authentication, missing_scope
from ...oidc.wishes.wish import NOTHING, SignInWish
from ...texts.english import ENGLISH
from .person import acr_names, role_names, scope_names


class Known(Protocol):
    """What a requirement looks at."""

    @property
    def roles(self) -> frozenset[str]: ...

    @property
    def scopes(self) -> frozenset[str]: ...

    def authenticated(self, *, acr: str | Collection[str] = (), max_age: int | None = None) -> bool: ...


P = TypeVar('P', bound=Known)


@dataclass(frozen=True, slots=True)
class Requirement(Generic[P]):
    """Every one of these roles and scopes; and whatever `check` says of the person, if they have those.

    Beside that a sign-in with one of `acr`, at most `max_age` seconds ago: whoever lacks that has but to sign in again.
    """

    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    check: Callable[[P], bool] | None = None
    acr: tuple[str, ...] = ()
    max_age: int | None = None

    @classmethod
    def of(
        cls,
        role: str | Collection[str] = (),
        scope: str | Collection[str] = (),
        check: Callable[[P], bool] | None = None,
        acr: str | Collection[str] = (),
        max_age: int | None = None,
    ) -> Self:
        """The requirement that a guard's arguments mean.

        Raises `TypeError` if `check` is asynchronous, or `max_age` no number of whole seconds.
        """
        if iscoroutinefunction(check):
            raise TypeError('check must not be asynchronous')
        if max_age is not None and (not isinstance(max_age, int) or isinstance(max_age, bool) or max_age < 0):
            raise TypeError('max_age is a number of whole seconds, 0 or more')
        return cls(role_names(role), scope_names(scope), check, acr_names(acr), max_age)

    @property
    def wish(self) -> SignInWish:
        """What a sign-in has to ask for, for who lacks `acr` or `max_age`."""
        return SignInWish(acr=self.acr, max_age=self.max_age)

    def is_authenticated(self, person: P) -> bool:
        """Whether the sign-in of the person is strong and recent enough."""
        return self.wish == NOTHING or person.authenticated(acr=self.acr, max_age=self.max_age)

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
        return person is not None and not self.missing(person) and self.is_authenticated(person)

    def met_by(self, person: P) -> P:
        """The person, who has all of it. Raises `TokenRefused` that says what is missing, and what `missing` does."""
        if missing := sorted(self.scopes - person.scopes):
            raise missing_scope(' '.join(missing))
        if missing := self.missing(person):
            raise TokenRefused(403, 'insufficient_scope', f'This needs {", ".join(missing)}.')
        if not self.is_authenticated(person):
            raise insufficient_authentication(self.acr, self.max_age)
        return person


def _plain(value: object) -> object:
    """The value, if it need not be awaited."""
    if isawaitable(value):
        if iscoroutine(value):
            value.close()
        raise TypeError('check must not be asynchronous')
    return value
