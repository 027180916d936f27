"""The provider's own words."""

from __future__ import annotations

import pytest

from app.errors import AuthError
from app.texts import texts
from app.texts.texts import LONGEST_QUOTE


@pytest.mark.parametrize(
    ('description', 'quoted'),
    [
        ('', ''),
        (' \n ', ''),
        ('No such client', 'The sign-in service says: “No such client”'),
        ('one\ntwo', 'The sign-in service says: “one two”'),
        ('x' * 1000, f'The sign-in service says: “{"x" * LONGEST_QUOTE}…”'),
    ],
)
def test_they_are_quoted_on_one_line_and_not_without_end(description: str, quoted: str) -> None:
    assert texts.quote(AuthError(description=description)) == quoted
