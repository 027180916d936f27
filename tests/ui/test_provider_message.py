"""The provider's own words."""

from __future__ import annotations

import pytest

from app.errors import AuthError
from app.ui.notices.provider_message import LONGEST, provider_message


@pytest.mark.parametrize(
    ('description', 'quoted'),
    [
        ('', ''),
        (' \n ', ''),
        ('No such client', 'The sign-in service says: “No such client”'),
        ('one\ntwo', 'The sign-in service says: “one two”'),
        ('x' * 1000, f'The sign-in service says: “{"x" * LONGEST}…”'),
    ],
)
def test_they_are_quoted_on_one_line_and_not_without_end(description: str, quoted: str) -> None:
    assert provider_message(AuthError(description=description)) == quoted
