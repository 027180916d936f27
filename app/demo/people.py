"""The two people of the demo, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

API_SCOPES = frozenset({'read:messages', 'write:messages'})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account at the demo provider; `api_scopes` are those that they may grant."""

    subject: str
    name: str
    nickname: str
    api_scopes: frozenset[str]
    color: str
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    domain: str = 'example.com'

    @property
    def email(self) -> str:
        return f'{self.nickname}@{self.domain}'

    def get_user_id(self) -> str:
        """Authlib's name for the subject."""
        return self.subject

    def claims(self, scope: str) -> dict[str, Any]:
        """What the scope entitles to (OpenID Connect Core §5.4)."""
        granted = scope.split()
        claims: dict[str, Any] = {'sub': self.subject}
        if 'profile' in granted:
            given_name, family_name = self.name.split()
            claims |= {'name': self.name, 'given_name': given_name, 'family_name': family_name}
            claims |= {'nickname': self.nickname, 'picture': self.picture()}
            claims |= {'roles': list(self.roles), 'groups': list(self.groups)}
        if 'email' in granted:
            claims |= {'email': self.email, 'email_verified': True}
        return claims

    def granted(self, scope: str) -> str:
        """The part of the requested scope that this person may grant."""
        return ' '.join(name for name in scope.split() if name not in API_SCOPES - self.api_scopes)

    def picture(self) -> str:
        """A drawn portrait: the initial on a coloured disc, as a data URL."""
        return (
            "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 96 96'%3E"
            f"%3Crect width='96' height='96' fill='%23{self.color}'/%3E%3Ctext x='48' y='50' fill='white' "
            "font-family='sans-serif' font-size='44' text-anchor='middle' dominant-baseline='central'%3E"
            f'{self.name[0]}%3C/text%3E%3C/svg%3E'
        )


PEOPLE = {
    person.nickname: person
    for person in (
        Person(
            'demo|alice', 'Alice Adams', 'alice', API_SCOPES, '7c3aed', ('admin', 'editor'), ('staff', 'engineering')
        ),
        Person('demo|bob', 'Bob Brown', 'bob', frozenset({'read:messages'}), '0f766e', ('viewer',), ('staff',)),
    )
}
BY_SUBJECT = {person.subject: person for person in PEOPLE.values()}


class Directory:
    """What is true of people at the moment: the first role of each may have been taken away.

    At each of several providers there are the same two, by the same `sub`; with its `name` they have another address.
    """

    def __init__(self, name: str = '') -> None:
        self._domain = f'{name.replace("_", "-")}.example' if name else 'example.com'
        self._demoted: set[str] = set()

    def take_role(self, subject: str) -> None:
        """Take the first role away from whoever this is; doing it again gives it back."""
        self._demoted ^= {subject}

    def present(self, person: Person) -> Person:
        """The person with the roles that are theirs now."""
        roles = person.roles[1:] if person.subject in self._demoted else person.roles
        return replace(person, roles=roles, domain=self._domain)
