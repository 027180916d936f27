"""Which error a code stands for."""

from __future__ import annotations

import pytest

from app.errors import (
    AuthError,
    ClientRefused,
    CodeRefused,
    DefinitiveError,
    InteractionRequired,
    InvalidResponse,
    TransientError,
)
from app.errors.codes import MAX_DESCRIPTION, by_code, from_provider
from tests.test_errors import LEAVES


@pytest.mark.parametrize(
    'code',
    [
        *('invalid_request', 'unauthorized_client', 'access_denied', 'unsupported_response_type', 'invalid_scope'),
        *('server_error', 'temporarily_unavailable', 'invalid_client', 'invalid_grant', 'unsupported_grant_type'),
        *('interaction_required', 'login_required', 'account_selection_required', 'consent_required'),
        *('invalid_request_uri', 'invalid_target', 'slow_down'),
    ],
)
def test_a_code_of_the_specifications_is_known_and_keeps_the_providers_words(code: str) -> None:
    """RFC 6749 §4.1.2.1 and §5.2, RFC 8628 §3.5, RFC 8707 §2, OIDC Core §3.1.2.6."""
    error = from_provider(code, 'in its own words')
    assert type(error) is not InvalidResponse
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
def test_what_needs_a_person_is_told_to_a_person(code: str, kind: type[AuthError]) -> None:
    assert isinstance(from_provider(code), kind)
    assert isinstance(from_provider(code), DefinitiveError)


@pytest.mark.parametrize('code', ['brand_new', '', '<script>', 'LOGIN_REQUIRED'])
def test_an_unknown_code_is_an_invalid_response_and_not_repeated_as_ours(code: str) -> None:
    error = from_provider(code, 'words')
    assert type(error) is InvalidResponse
    assert (error.code, error.description) == ('invalid_response', 'words')


@pytest.mark.parametrize('code', ['access_denied', 'brand_new' * 1000])
def test_no_more_is_kept_of_a_providers_words_than_a_page_can_quote(code: str) -> None:
    error = from_provider(code, 'x' * 100_000)
    assert error.description == 'x' * MAX_DESCRIPTION
    assert len(str(error)) < 300


@pytest.mark.parametrize('kind', LEAVES)
def test_an_error_is_found_again_by_its_code(kind: type[AuthError]) -> None:
    found = by_code(kind.code)
    assert type(found) is kind
    assert found.code == kind.code


@pytest.mark.parametrize(
    ('code', 'kind'),
    [('consent_required', InteractionRequired), ('invalid_client', ClientRefused), ('invalid_grant', CodeRefused)],
)
def test_an_error_is_found_again_by_the_providers_code(code: str, kind: type[AuthError]) -> None:
    found = by_code(code)
    assert (type(found), found.code) == (kind, code)


@pytest.mark.parametrize('code', ['error', '', 'nothing', '<script>alert(1)</script>'])
def test_an_unknown_code_finds_the_plain_error(code: str) -> None:
    found = by_code(code)
    assert (type(found), found.code) == (AuthError, 'error')
