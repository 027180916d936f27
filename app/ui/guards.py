"""Who may see a page."""

from __future__ import annotations

from dataclasses import dataclass

from ..sessions.session import Session


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets in whoever is signed in and was granted every scope in `scope` (RFC 6749 §3.3).

    What counts is what was granted, which may be less than was requested (§5.1), and may change with a renewal.
    """

    scope: frozenset[str] = frozenset()

    def missing(self, session: Session) -> list[str]:
        """The scopes that the session lacks, in alphabetical order."""
        return sorted(self.scope - session.granted)

    def lets_in(self, session: Session | None) -> bool:
        """Whether this session may see the page; nobody is signed in if it is None."""
        return session is not None and not self.missing(session)


signed_in = Guard()


def requires_scope(*names: str) -> Guard:
    """The guard of a page that needs these scopes, as `requires_scope('write:messages')`."""
    return Guard(frozenset(names))
