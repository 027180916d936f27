"""The tree of errors: what each means for the session, and what a person reads."""

from __future__ import annotations

import inspect
import re

import pytest

from app import errors
from app.errors import (
    AuthError,
    DefinitiveError,
    MisconfigurationError,
    ProviderFailed,
    TransientError,
)

BRANCHES = (TransientError, DefinitiveError, MisconfigurationError)
LEAVES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, AuthError) and kind not in {AuthError, *BRANCHES}
]


@pytest.mark.parametrize('kind', LEAVES)
def test_an_error_belongs_to_one_branch_and_tells_what_to_do(kind: type[AuthError]) -> None:
    assert sum(issubclass(kind, branch) for branch in BRANCHES) == 1
    error = kind()
    assert re.fullmatch('[a-z_]+', error.code)
    assert error.title != AuthError.title
    assert error.advice.endswith('.')
    assert 400 <= error.status < 600
    assert str(error) == error.title


def test_no_two_errors_have_the_same_code() -> None:
    codes = [kind.code for kind in LEAVES]
    assert len(codes) == len(set(codes))
    assert AuthError.code not in codes


def test_the_tree_that_is_drawn_is_the_tree_that_is_there() -> None:
    drawn: dict[str, str] = {}
    branches = ['AuthError']
    for line in (errors.__doc__ or '').splitlines():
        if found := re.match(r'([│ ]*)[├└]── (\w+)', line):
            depth = len(found[1]) // 4
            drawn[found[2]] = branches[depth]
            branches[depth + 1 :] = [found[2]]
    there = {kind.__name__: kind.__mro__[1].__name__ for kind in (*LEAVES, *BRANCHES)}
    assert drawn == there


@pytest.mark.tutorial_bug(22)
def test_an_error_reads_as_a_sentence() -> None:
    assert str(ProviderFailed('POST https://x: HTTP 500')) == 'POST https://x: HTTP 500'
    assert str(ProviderFailed()) == 'The sign-in service has a problem'


@pytest.mark.parametrize('retry_after', [0.0, 120.0])
def test_a_failed_provider_says_when_to_come_back(retry_after: float) -> None:
    assert ProviderFailed('down', retry_after=retry_after).retry_after == retry_after
