"""The token request, and the check of its response."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

import jwt
import pytest

from app.errors import ProviderFailed
from app.oidc.metadata import Registration
from app.oidc.tokens import LONGEST_LIFETIME, TokenRequest, check_token_response, code_token_request, kind_of
from tests.oidc.documents import CALLBACK, CLIENT_ID, ISSUER, REGISTRATION, authorization, metadata, token_document

REQUEST = authorization()
GRANT = {
    'grant_type': 'authorization_code',
    'code': 'c/d+e %é',
    'redirect_uri': CALLBACK,
    'code_verifier': REQUEST.code_verifier,
}
SECRETS = ['simple', 'with:colon', 'a+b c%20/&=', 'ümläut€']


def form(request: TokenRequest) -> dict[str, str]:
    pairs = parse_qsl(request.body, keep_blank_values=True, strict_parsing=True)
    assert len(pairs) == len(dict(pairs))
    return dict(pairs)


def made(secret: str | None, client_id: str = CLIENT_ID, methods: list[str] | None = None) -> TokenRequest:
    known = metadata(token_endpoint_auth_methods_supported=methods)
    return code_token_request(known, Registration(client_id, 'openid', secret), REQUEST, GRANT['code'])


def test_a_public_client_names_itself_and_proves_itself_with_the_verifier() -> None:
    request = made(None)
    assert request.url == f'{ISSUER}/token'
    assert form(request) == GRANT | {'client_id': CLIENT_ID}
    assert 'Authorization' not in request.headers


@pytest.mark.parametrize('secret', SECRETS)
@pytest.mark.parametrize('client_id', ['app', 'app:1', 'https://app.example.com/?a=b c'])
@pytest.mark.parametrize(
    'methods',
    [
        pytest.param(None, id='nothing said'),
        pytest.param(['client_secret_basic'], id='offered'),
        pytest.param(['private_key_jwt'], id='neither offered'),
    ],
)
def test_a_secret_goes_into_the_header_url_encoded(client_id: str, secret: str, methods: list[str] | None) -> None:
    """RFC 6749 §2.3.1; conformance module `client-secret-basic`."""
    request = made(secret, client_id, methods)
    scheme, credentials = request.headers['Authorization'].split(' ')
    user, _, password = base64.b64decode(credentials).decode('ascii').partition(':')
    assert (scheme, unquote_plus(user), unquote_plus(password)) == ('Basic', client_id, secret)
    assert form(request) == GRANT


@pytest.mark.parametrize('secret', SECRETS)
def test_a_secret_with_special_characters_goes_into_the_body_if_both_are_offered(secret: str) -> None:
    request = made(secret, methods=['client_secret_basic', 'client_secret_post'])
    assert ('Authorization' in request.headers) is (secret == 'simple')
    assert form(request).get('client_secret') == (None if secret == 'simple' else secret)


@pytest.mark.parametrize('secret', SECRETS)
def test_a_secret_goes_into_the_body_where_only_that_is_offered(secret: str) -> None:
    request = made(secret, methods=['client_secret_post'])
    assert form(request) == GRANT | {'client_id': CLIENT_ID, 'client_secret': secret}
    assert 'Authorization' not in request.headers


def test_the_request_is_a_form_that_wants_json() -> None:
    headers = made(None).headers
    assert headers['Content-Type'].startswith('application/x-www-form-urlencoded')
    assert headers['Accept'] == 'application/json'


def test_two_requests_share_no_headers() -> None:
    first = made('s3cret')
    assert 'Authorization' in first.headers
    assert 'Authorization' not in made(None).headers


@pytest.mark.tutorial_bug(20)
@pytest.mark.parametrize('methods', [['client_secret_basic'], ['client_secret_post']])
def test_a_request_never_shows_its_secrets(methods: list[str]) -> None:
    shown = repr(made('s3cret', methods=methods))
    for secret in ('s3cret', 'Basic', REQUEST.code_verifier, 'code='):
        assert secret not in shown


def test_a_complete_response_is_taken_as_it_is() -> None:
    document = token_document(id_token='a.b.c', refresh_token='the-refresh-token', scope='openid email', extra=1)
    tokens = check_token_response(document, 'openid')
    assert (tokens.access_token, tokens.id_token, tokens.refresh_token) == (
        'the-access-token',
        'a.b.c',
        'the-refresh-token',
    )
    assert (tokens.expires_in, tokens.scope) == (120, 'openid email')


@pytest.mark.parametrize('scope', [None, '', 42, ['openid']])
def test_an_omitted_scope_means_the_requested_one(scope: Any) -> None:
    assert check_token_response(token_document(scope=scope), REGISTRATION.scope).scope == 'openid profile email'


@pytest.mark.parametrize('token_type', ['Bearer', 'bearer', 'BEARER'])
def test_bearer_is_taken_in_any_case(token_type: str) -> None:
    assert check_token_response(token_document(token_type=token_type), 'openid').access_token == 'the-access-token'


@pytest.mark.parametrize('token_type', [None, '', 'DPoP', 'mac', 'Bearer ', 42, ['Bearer']])
def test_another_token_type_is_refused(token_type: Any) -> None:
    with pytest.raises(ProviderFailed, match='token type'):
        check_token_response(token_document(token_type=token_type), 'openid')


@pytest.mark.tutorial_bug(6)
@pytest.mark.parametrize(
    'access_token',
    [
        pytest.param(None, id='missing'),
        pytest.param('', id='empty'),
        pytest.param(42, id='a number'),
        pytest.param({'token': 'x'}, id='an object'),
        pytest.param('tökén', id='not ascii'),
        pytest.param('to\r\nken', id='two lines'),
        pytest.param('\ud800', id='half a surrogate pair'),
    ],
)
def test_a_response_without_a_usable_access_token_is_refused(access_token: Any) -> None:
    """RFC 6749 appendix A.12: what is no visible ASCII could not even be sent to an API."""
    with pytest.raises(ProviderFailed, match='access token'):
        check_token_response(token_document(access_token=access_token), 'openid')


@pytest.mark.tutorial_bug(6)
def test_an_error_that_claims_success_is_never_a_grant() -> None:
    with pytest.raises(ProviderFailed):
        check_token_response({'error': 'invalid_grant'}, 'openid')


@pytest.mark.parametrize(
    ('value', 'seconds'),
    [
        pytest.param(3600, 3600.0, id='a number'),
        pytest.param(0.5, 0.5, id='a fraction'),
        pytest.param(2_592_000, 2_592_000.0, id='30 days'),
        pytest.param('3600', 3600.0, id='text'),
        pytest.param('3600.5', 3600.5, id='a fraction as text'),
        pytest.param(1e-300, 1e-300, id='next to nothing'),
        pytest.param('0', None, id='zero as text'),
        pytest.param('1_000', None, id='text with an underscore'),
        pytest.param(' 60 ', None, id='text with spaces'),
        pytest.param('６０', None, id='digits of another script'),
        pytest.param('1e3', None, id='text with an exponent'),
        pytest.param('9' * 400, None, id='400 digits as text'),
        pytest.param('PT1H', None, id='a duration of ISO 8601'),
        pytest.param({'seconds': 60}, None, id='an object'),
        pytest.param(1_900_000_000_000, LONGEST_LIFETIME, id='a moment in milliseconds'),
        pytest.param(None, None, id='missing'),
        pytest.param(0, None, id='zero'),
        pytest.param(-60, None, id='negative'),
        pytest.param('-60', None, id='negative text'),
        pytest.param(True, None, id='a bool'),
        pytest.param('soon', None, id='a word'),
        pytest.param('', None, id='empty'),
        pytest.param([3600], None, id='a list'),
        pytest.param(float('nan'), None, id='NaN'),
        pytest.param('nan', None, id='NaN as text'),
        pytest.param(float('inf'), None, id='Infinity'),
        pytest.param(10**400, None, id='400 digits'),
        pytest.param(1e300, LONGEST_LIFETIME, id='300 digits'),
    ],
)
def test_a_lifetime_is_a_positive_number_or_not_said(value: Any, seconds: float | None) -> None:
    assert check_token_response(token_document(expires_in=value), 'openid').expires_in == seconds


@pytest.mark.parametrize('value', [None, '', 42, {}])
def test_other_tokens_are_text_or_not_there(value: Any) -> None:
    tokens = check_token_response(token_document(id_token=value, refresh_token=value), 'openid')
    assert (tokens.id_token, tokens.refresh_token) == (None, None)


@pytest.mark.tutorial_bug(20)
def test_a_response_never_shows_its_tokens() -> None:
    tokens = check_token_response(token_document(id_token='the-id-token', refresh_token='the-refresh-token'), 'openid')
    for secret in ('the-access-token', 'the-id-token', 'the-refresh-token'):
        assert secret not in repr(tokens)


@pytest.mark.parametrize(
    ('access_token', 'kind'),
    [
        ('2YotnFZFEjr1zCsicMWpAA', 'opaque'),
        ('a.b.c', 'opaque'),
        ('', 'opaque'),
        (jwt.encode({}, 'k' * 32, 'HS256'), 'jwt'),
        (jwt.encode({}, 'k' * 32, 'HS256', headers={'typ': 'at+jwt'}), 'at+jwt'),
        (jwt.encode({}, 'k' * 32, 'HS256', headers={'typ': 'application/AT+JWT'}), 'at+jwt'),
    ],
)
def test_what_an_access_token_looks_like(access_token: str, kind: str) -> None:
    assert kind_of(access_token) == kind
