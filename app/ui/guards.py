"""Who may see a page of ours."""

from __future__ import annotations

from ..web.endpoints.requirement import Requirement
from .user import User

Guard = Requirement[User]

signed_in = Guard()


def requires_scope(*scopes: str) -> Guard:
    """The guard of a page that needs these scopes, as `requires_scope('write:messages')`."""
    return Guard(scopes=frozenset(scopes))
