"""The tree of errors: what each means for the session, and what a person reads."""

from __future__ import annotations

import inspect
import re

import pytest

from app import errors
from app.errors import (
    BY_PROVIDER_CODE,
    AppError,
    ClientRefused,
    CodeRefused,
    DefinitiveError,
    InteractionRequired,
    InvalidResponse,
    MisconfigurationError,
    ProviderFailed,
    TransientError,
    by_code,
    from_provider,
)

BRANCHES = (TransientError, DefinitiveError, MisconfigurationError)
LEAVES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, AppError) and kind not in {AppError, *BRANCHES}
]


@pytest.mark.parametrize('kind', LEAVES)
def test_an_error_belongs_to_one_branch_and_tells_what_to_do(kind: type[AppError]) -> None:
    assert sum(issubclass(kind, branch) for branch in BRANCHES) == 1
    error = kind()
    assert re.fullmatch('[a-z_]+', error.code)
    assert error.title != AppError.title
    assert error.advice.endswith('.')
    assert 400 <= error.status < 600
    assert str(error) == error.title


def test_no_two_errors_have_the_same_code() -> None:
    codes = [kind.code for kind in LEAVES]
    assert len(codes) == len(set(codes))
    assert AppError.code not in codes


def test_the_tree_that_is_drawn_is_the_tree_that_is_there() -> None:
    drawn: dict[str, str] = {}
    branches = ['AppError']
    for line in (errors.__doc__ or '').splitlines():
        if found := re.match(r'([│ ]*)[├└]── (\w+)', line):
            depth = len(found[1]) // 4
            drawn[found[2]] = branches[depth]
            branches[depth + 1 :] = [found[2]]
    there = {kind.__name__: kind.__mro__[1].__name__ for kind in (*LEAVES, *BRANCHES)}
    assert drawn == there


@pytest.mark.parametrize('code', sorted(BY_PROVIDER_CODE))
def test_a_providers_code_keeps_its_name_and_its_words(code: str) -> None:
    error = from_provider(code, 'in its own words')
    assert type(error) is BY_PROVIDER_CODE[code]
    assert (error.code, error.description) == (code, 'in its own words')


@pytest.mark.tutorial_bug(15)
@pytest.mark.parametrize('code', ['server_error', 'temporarily_unavailable', 'slow_down', 'invalid_grant'])
def test_a_providers_bad_moment_ends_no_session(code: str) -> None:
    assert isinstance(from_provider(code), TransientError)


@pytest.mark.parametrize(
    ('code', 'kind'),
    [
        ('login_required', InteractionRequired),
        ('interaction_required', InteractionRequired),
        ('consent_required', InteractionRequired),
        ('account_selection_required', InteractionRequired),
    ],
)
def test_what_needs_a_person_is_told_to_a_person(code: str, kind: type[AppError]) -> None:
    assert isinstance(from_provider(code), kind)
    assert isinstance(from_provider(code), DefinitiveError)


@pytest.mark.parametrize('code', ['brand_new', '', '<script>', 'LOGIN_REQUIRED'])
def test_an_unknown_code_is_an_invalid_response_and_not_repeated_as_ours(code: str) -> None:
    error = from_provider(code, 'words')
    assert type(error) is InvalidResponse
    assert (error.code, error.description) == ('invalid_response', 'words')


@pytest.mark.parametrize('kind', LEAVES)
def test_an_error_is_found_again_by_its_code(kind: type[AppError]) -> None:
    found = by_code(kind.code)
    assert type(found) is kind
    assert found.code == kind.code


@pytest.mark.parametrize(
    ('code', 'kind'),
    [('consent_required', InteractionRequired), ('invalid_client', ClientRefused), ('invalid_grant', CodeRefused)],
)
def test_an_error_is_found_again_by_the_providers_code(code: str, kind: type[AppError]) -> None:
    found = by_code(code)
    assert (type(found), found.code) == (kind, code)


@pytest.mark.parametrize('code', ['error', '', 'nothing', '<script>alert(1)</script>'])
def test_an_unknown_code_finds_the_plain_error(code: str) -> None:
    found = by_code(code)
    assert (type(found), found.code) == (AppError, 'error')


@pytest.mark.tutorial_bug(22)
def test_an_error_reads_as_a_sentence() -> None:
    assert str(ProviderFailed('POST https://x: HTTP 500')) == 'POST https://x: HTTP 500'
    assert str(ProviderFailed()) == 'The sign-in service has a problem'


@pytest.mark.parametrize('retry_after', [0.0, 120.0])
def test_a_failed_provider_says_when_to_come_back(retry_after: float) -> None:
    assert ProviderFailed('down', retry_after=retry_after).retry_after == retry_after
