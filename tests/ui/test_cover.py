"""What becomes of what a page shows of a person, by the state of their session."""

from __future__ import annotations

import pytest

from app.errors import AuthError, InteractionRequired, ProviderFailed, SessionTooOld, SubjectMismatch
from app.renewal import events as e
from app.renewal.state import State
from app.ui.notices.cover import covering
from tests.renewal.test_machine import (
    GIVEN_UP,
    IDLE,
    LIFETIME,
    OVER,
    PAGELESS,
    REFUSED,
    RENEWING,
    RETRYING,
    WISH,
    after,
    failed,
    failure,
)


def late(kind: type[AuthError]) -> State:
    """A renewal failed so after the token had expired."""
    return after((WISH, LIFETIME), (failed(kind), LIFETIME + 1))


def ended(kind: type[AuthError]) -> State:
    return after((e.Ended(failure(kind)), 10))


CASES: dict[str, tuple[State, str]] = {
    'all is well': (after(), 'nothing'),
    'a renewal is under way': (RENEWING, 'nothing'),
    'it is tried again': (RETRYING, 'nothing'),
    'it is tried again, though the token has expired': (late(ProviderFailed), 'nothing'),
    'there was no page to ask': (PAGELESS, 'nothing'),
    'refused, and the token serves on': (REFUSED, 'nothing'),
    'refused after the token had expired': (late(InteractionRequired), 'hidden'),
    'somebody else is at the provider': (late(SubjectMismatch), 'hidden'),
    'given up': (GIVEN_UP, 'hidden'),
    'nobody was here': (after((e.Woke(), 600), rules=IDLE), 'hidden'),
    'it lasted as long as it may': (ended(SessionTooOld), 'hidden'),
    'the provider has ended it, as another process found': (ended(InteractionRequired), 'hidden'),
    'logged out': (OVER, 'removed'),
    'logged out after a limit': (after((e.Woke(), 600), (e.Ended(), 601), rules=IDLE), 'removed'),
    'another person': (ended(SubjectMismatch), 'removed'),
}


@pytest.mark.parametrize('name', CASES)
def test_what_becomes_of_what_the_page_shows(name: str) -> None:
    state, expected = CASES[name]
    assert covering(state) == expected
