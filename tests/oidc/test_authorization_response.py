"""The authorization response: read, and held against the request that it claims to answer."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from app.errors import (
    AccessDenied,
    AuthError,
    ClientRefused,
    InteractionRequired,
    InvalidResponse,
    MixedUp,
    ProviderFailed,
)
from app.oidc.authorization import (
    AuthorizationResponse,
    check_authorization_response,
    parse_authorization_response,
)
from tests.oidc.documents import CALLBACK, ISSUER, authorization, metadata


@pytest.mark.parametrize(
    ('parts', 'expected'),
    [
        pytest.param(('?code=c&state=s', ''), AuthorizationResponse('c', 's'), id='in the query'),
        pytest.param(('', '#code=c&state=s'), AuthorizationResponse('c', 's'), id='in the fragment'),
        pytest.param(('code=c&state=s',), AuthorizationResponse('c', 's'), id='without a question mark'),
        pytest.param(
            ('?code=c&state=s&iss=https%3A%2F%2Flogin.example.com',),
            AuthorizationResponse('c', 's', iss=ISSUER),
            id='with iss',
        ),
        pytest.param(
            ('?error=login_required&error_description=Who+are%20you%3F&state=s', ''),
            AuthorizationResponse(None, 's', 'login_required', 'Who are you?'),
            id='an error',
        ),
        pytest.param(
            ('?code=c', '#error=server_error&state=s'),
            AuthorizationResponse('c', 's', 'server_error'),
            id='a code in the query and an error in the fragment',
        ),
        pytest.param(('?code=c&state=s&session_state=x%26y',), AuthorizationResponse('c', 's'), id='with extras'),
        pytest.param(('?code=&state=&error=',), AuthorizationResponse(), id='with empty values'),
        pytest.param(('?code=c&state=s&iss=',), AuthorizationResponse('c', 's', iss=''), id='with an empty iss'),
        pytest.param(('?', '#'), AuthorizationResponse(), id='empty'),
        pytest.param((), AuthorizationResponse(), id='nothing'),
        pytest.param(('?&&=&x', '#\x00\n=&;'), AuthorizationResponse(), id='garbage'),
        pytest.param(('{"code": "c", "state": "s"}',), AuthorizationResponse(), id='json'),
    ],
)
def test_a_response_is_read_from_wherever_it_is(parts: tuple[str, ...], expected: AuthorizationResponse) -> None:
    assert parse_authorization_response(*parts) == expected


@pytest.mark.parametrize(
    'parts',
    [
        pytest.param(('?code=c&code=d',), id='two codes'),
        pytest.param(('?code=c&code=c',), id='the same code twice'),
        pytest.param(('?state=s&state=',), id='two states, one empty'),
        pytest.param(('?error=a&error=b',), id='two errors'),
        pytest.param(('?iss=a&iss=b',), id='two issuers'),
        pytest.param(('?session_state=a&session_state=b',), id='two of something unknown'),
        pytest.param(('?code=c', '#code=d'), id='a code in the query and in the fragment'),
        pytest.param(('?state=s', '#state=s'), id='a state in the query and in the fragment'),
        pytest.param(('?%63ode=c&code=d',), id='two codes, one encoded'),
        pytest.param(('?' + '&'.join(f'p{number}=x' for number in range(1000)),), id='a thousand parameters'),
        pytest.param(('?code=%ff%fe',), id='no utf-8'),
        pytest.param(('?error=access_denied&error_description=\ud800',), id='half a character'),
    ],
)
def test_a_response_that_is_ambiguous_or_unreadable_is_refused(parts: tuple[str, ...]) -> None:
    with pytest.raises(InvalidResponse):
        parse_authorization_response(*parts)


@pytest.mark.tutorial_bug(20)
def test_a_response_never_shows_its_code() -> None:
    response = AuthorizationResponse('the-code', 'the-state')
    assert 'the-code' not in repr(response)
    assert 'the-state' not in repr(response)


def test_the_answer_to_the_request_gives_its_code() -> None:
    request = authorization()
    assert check_authorization_response(metadata(), request, AuthorizationResponse('c', request.state)) == 'c'


@pytest.mark.tutorial_bug(7)
@pytest.mark.parametrize(
    'state',
    [
        pytest.param(None, id='missing'),
        pytest.param('', id='empty'),
        pytest.param('x' * 43, id='another'),
        pytest.param('é', id='not ascii'),
        pytest.param('\ud800', id='half a surrogate pair'),
    ],
)
def test_a_state_that_was_never_sent_is_refused_whatever_else_is_in_it(state: str | None) -> None:
    request = authorization()
    for response in (AuthorizationResponse('c', state), AuthorizationResponse(None, state, 'login_required')):
        with pytest.raises(InvalidResponse, match='state'):
            check_authorization_response(metadata(), request, response)


def test_the_state_of_another_request_is_refused() -> None:
    with pytest.raises(InvalidResponse, match='state'):
        check_authorization_response(metadata(), authorization(), AuthorizationResponse('c', authorization().state))


@pytest.mark.parametrize('promised', [True, None])
@pytest.mark.parametrize('iss', ['https://evil.example', f'{ISSUER}/', ISSUER.upper(), ''])
def test_a_response_from_another_issuer_is_refused(iss: str, promised: bool | None) -> None:
    """RFC 9207 §2.4: the mix-up attack."""
    request = authorization()
    known = metadata(authorization_response_iss_parameter_supported=promised)
    for error in (None, 'login_required'):
        with pytest.raises(InvalidResponse, match='is from'):
            check_authorization_response(known, request, AuthorizationResponse('c', request.state, error, iss=iss))


def test_a_response_without_the_promised_iss_is_refused() -> None:
    request = authorization()
    known = metadata(authorization_response_iss_parameter_supported=True)
    with pytest.raises(InvalidResponse, match='promises'):
        check_authorization_response(known, request, AuthorizationResponse('c', request.state))


def test_an_error_may_lack_the_promised_iss() -> None:
    request = authorization()
    known = metadata(authorization_response_iss_parameter_supported=True)
    with pytest.raises(InteractionRequired):
        check_authorization_response(known, request, AuthorizationResponse(None, request.state, 'login_required'))


@pytest.mark.parametrize('promised', [True, None])
def test_the_right_iss_is_taken_promised_or_not(promised: bool | None) -> None:
    request = authorization()
    known = metadata(authorization_response_iss_parameter_supported=promised)
    assert check_authorization_response(known, request, AuthorizationResponse('c', request.state, iss=ISSUER)) == 'c'


@pytest.mark.tutorial_bug(6)
@pytest.mark.parametrize('code', [None, 'c'])
@pytest.mark.parametrize(
    ('error', 'kind'),
    [
        ('login_required', InteractionRequired),
        ('interaction_required', InteractionRequired),
        ('consent_required', InteractionRequired),
        ('account_selection_required', InteractionRequired),
        ('access_denied', AccessDenied),
        ('server_error', ProviderFailed),
        ('temporarily_unavailable', ProviderFailed),
        ('invalid_request', ClientRefused),
        ('unauthorized_client', ClientRefused),
        ('invalid_scope', ClientRefused),
        ('something_new', InvalidResponse),
    ],
)
def test_an_error_is_never_a_success_not_even_with_a_code(error: str, kind: type[AuthError], code: str | None) -> None:
    request = authorization()
    response = AuthorizationResponse(code, request.state, error, 'in its own words')
    with pytest.raises(kind) as caught:
        check_authorization_response(metadata(), request, response)
    assert caught.value.description == 'in its own words'


@pytest.mark.tutorial_bug(6)
def test_a_response_without_code_and_without_error_is_refused() -> None:
    request = authorization()
    with pytest.raises(InvalidResponse, match='no code'):
        check_authorization_response(metadata(), request, AuthorizationResponse(None, request.state))


@pytest.mark.parametrize('path', ['/callback/another', '/silent', '/', ''])
def test_an_answer_that_has_landed_at_another_redirect_uri_is_mixed_up(path: str) -> None:
    """RFC 9700 §4.4.2."""
    request = authorization()
    response = AuthorizationResponse('c', request.state, iss=ISSUER, landed_at=path)
    with pytest.raises(MixedUp):
        check_authorization_response(metadata(), request, response)


@pytest.mark.parametrize('path', [urlsplit(CALLBACK).path, None])
def test_an_answer_counts_where_it_was_to_land_or_where_nobody_asks(path: str | None) -> None:
    request = authorization()
    response = AuthorizationResponse('c', request.state, iss=ISSUER, landed_at=path)
    assert check_authorization_response(metadata(), request, response) == 'c'
    assert 'landed_at' not in response.query()
