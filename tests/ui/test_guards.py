"""Who may see a page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.sessions.session import Session
from app.ui.guards import Guard, requires_scope, signed_in
from tests.sessions.test_session import grant

SESSION = Session.begin(grant(), {}, 'browser')  # with openid and email


def granted(scope: str) -> Session:
    return replace(SESSION, tokens=replace(SESSION.tokens, scope=scope))


@pytest.mark.parametrize(
    ('guard', 'session', 'lets_in'),
    [
        (signed_in, None, False),
        (signed_in, SESSION, True),
        (signed_in, granted(''), True),
        (requires_scope('email'), None, False),
        (requires_scope('email'), SESSION, True),
        (requires_scope('write:messages'), SESSION, False),
        (requires_scope('write:messages'), granted('openid write:messages'), True),
        (requires_scope('write:messages'), granted('openid rewrite:messages'), False),
        (requires_scope('a', 'b'), granted('a'), False),
        (requires_scope('a', 'b'), granted('b a'), True),
    ],
)
def test_a_guard_lets_in_who_was_granted_what_it_needs(guard: Guard, session: Session | None, lets_in: bool) -> None:
    assert guard.lets_in(session) is lets_in


def test_it_says_what_is_missing() -> None:
    assert requires_scope('write:messages', 'email', 'admin').missing(SESSION) == ['admin', 'write:messages']
