"""The providers that this app signs people in at: one, or several by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from .id_token import Claims, has_audience
from .provider_client import ProviderClient


class SignedInAt(Protocol):
    """Whatever came of a sign-in at one of them: a session, or a sign-in in progress."""

    @property
    def issuer(self) -> str: ...

    @property
    def provider(self) -> str: ...


class Providers:
    """All of them, in the order in which they are offered; there is at least one."""

    def __init__(self, clients: Sequence[ProviderClient]) -> None:
        self._clients = tuple(clients)

    def __iter__(self) -> Iterator[ProviderClient]:
        return iter(self._clients)

    @property
    def only(self) -> ProviderClient | None:
        """The provider, if there is no choice."""
        return self._clients[0] if len(self._clients) == 1 else None

    def named(self, name: str | None) -> ProviderClient | None:
        """The one with this name, which the only one may have or not; None if there is none."""
        return next((client for client in self if client.name == name), None if name else self.only)

    def known(self, name: str | None) -> str | None:
        """This name, which is that of a provider, or none.

        Raises `ValueError`, with the names that there are, if it is none of them.
        """
        if not name or self.named(name) is not None:
            return name
        names = ', '.join(client.name for client in self)
        raise ValueError(f'there is no provider {name!r}; there is {names or "one, which has no name"}')

    def by_issuer(self, issuer: str | None) -> ProviderClient | None:
        """The first with this issuer; None if there is none."""
        return next((client for client in self if client.issuer == issuer), None)

    def client_id_in(self, claims: Claims) -> str:
        """What we are called by whoever has made these claims."""
        theirs = [client for client in self if client.issuer == claims.get('iss')] or list(self)
        ours = (client for client in theirs if has_audience(claims.get('aud'), client.registration.client_id))
        return next(ours, theirs[0]).registration.client_id

    def of(self, signed_in: SignedInAt) -> ProviderClient | None:
        """The one that somebody has signed in at; None if it is not used any more.

        It has the issuer, whatever it is called by now: nobody else ever gets to see the tokens of a session.
        """
        named = self.named(signed_in.provider)
        if named is not None and named.issuer == signed_in.issuer:
            return named
        return self.by_issuer(signed_in.issuer)
