"""Who may see a page of ours."""

from __future__ import annotations

from typing import TypeAlias

from ...web.endpoints.requirement import Requirement
from ..user import User

Guard: TypeAlias = Requirement[User]

signed_in: Guard = Requirement()


def requires_scope(*scopes: str) -> Guard:
    """The guard of a page that needs these scopes, as `requires_scope('write:messages')`."""
    return Requirement(scopes=frozenset(scopes))
