"""The authorization request, and the check of its response."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.oidc.authorization import (
    authorization_request,
    sign_in_response_mode,
    silent_authorization_request,
)
from app.oidc.metadata import Registration, check_metadata
from app.settings.provider import ResponseMode
from tests.oidc.documents import CALLBACK, CLIENT_ID, ISSUER, REGISTRATION, authorization, discovery, metadata

SILENT = 'https://app.example.com/silent'


def parameters(url: str) -> dict[str, str]:
    """The query, in which nothing may occur twice."""
    found = parse_qs(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in found.values())
    return {name: values[0] for name, values in found.items()}


def test_a_request_is_for_a_code_with_everything_that_protects_it() -> None:
    request = authorization()
    assert request.url.startswith(f'{ISSUER}/authorize?')
    assert parameters(request.url) == {
        'response_type': 'code',
        'client_id': CLIENT_ID,
        'redirect_uri': CALLBACK,
        'scope': 'openid profile email',
        'state': request.state,
        'nonce': request.nonce,
        'code_challenge': parameters(request.url)['code_challenge'],
        'code_challenge_method': 'S256',
    }


def test_the_challenge_is_the_hash_of_the_verifier_and_the_verifier_stays_here() -> None:
    request = authorization()
    digest = hashlib.sha256(request.code_verifier.encode()).digest()
    assert parameters(request.url)['code_challenge'] == base64.urlsafe_b64encode(digest).rstrip(b'=').decode()
    assert request.code_verifier not in request.url
    assert 43 <= len(request.code_verifier) <= 128  # RFC 7636 §4.1


@pytest.mark.tutorial_bug(9)
def test_every_request_has_its_own_state_nonce_and_verifier() -> None:
    requests = [authorization() for _ in range(20)]
    secrets = {secret for made in requests for secret in (made.state, made.nonce, made.code_verifier)}
    assert len(secrets) == 60
    assert min(map(len, secrets)) >= 43


@pytest.mark.tutorial_bug(20)
def test_a_request_never_shows_its_secrets() -> None:
    request = authorization()
    for secret in (request.state, request.nonce, request.code_verifier):
        assert secret not in f'{request} {request!r}'


@pytest.mark.parametrize(('audience', 'sent'), [(None, None), ('https://api.example.com', 'https://api.example.com')])
def test_an_audience_is_asked_for_only_if_one_is_set(audience: str | None, sent: str | None) -> None:
    request = authorization_request(metadata(), Registration(CLIENT_ID, 'openid', audience=audience), CALLBACK)
    assert parameters(request.url).get('audience') == sent


def test_an_endpoint_that_has_a_query_keeps_it() -> None:
    request = authorization(authorization_endpoint=f'{ISSUER}/authorize?p=B2C_1_sign%20in&empty=')
    found = parameters(request.url)
    assert (found['p'], found['empty'], found['response_type']) == ('B2C_1_sign in', '', 'code')


def test_a_parameter_that_is_none_is_left_out() -> None:
    request = authorization_request(metadata(), REGISTRATION, CALLBACK, prompt='login', max_age=None)
    found = parameters(request.url)
    assert found['prompt'] == 'login'
    assert 'max_age' not in found


@pytest.mark.parametrize(
    ('modes', 'asked'),
    [
        pytest.param(None, 'fragment', id='nothing said'),
        pytest.param(['query', 'fragment', 'form_post'], 'fragment', id='both'),
        pytest.param(['query', 'form_post'], 'query', id='query only'),
        pytest.param(['form_post'], None, id='neither'),
        pytest.param([], None, id='none at all'),
    ],
)
def test_a_silent_request_asks_for_a_fragment_only_where_it_is_offered(modes: Any, asked: str | None) -> None:
    request = silent_authorization_request(metadata(response_modes_supported=modes), REGISTRATION, SILENT)
    assert parameters(request.url).get('response_mode') == asked


def test_a_silent_request_forbids_any_page() -> None:
    found = parameters(silent_authorization_request(metadata(), REGISTRATION, SILENT).url)
    assert (found['prompt'], found['redirect_uri'], found['response_type']) == ('none', SILENT, 'code')
    assert found['code_challenge_method'] == 'S256'


@pytest.mark.parametrize('hint', [None, 'the.id.token'])
def test_a_silent_request_sends_a_hint_only_if_it_is_given_one(hint: str | None) -> None:
    url = silent_authorization_request(metadata(), REGISTRATION, SILENT, hint).url
    assert parameters(url).get('id_token_hint') == hint


@pytest.mark.parametrize(('length', 'is_sent'), [(1000, True), (1950, False), (8600, False)])
def test_a_hint_that_makes_the_url_too_long_is_left_out_of_a_silent_request(length: int, is_sent: bool) -> None:
    request = silent_authorization_request(metadata(), REGISTRATION, SILENT, 'x' * length)
    assert ('id_token_hint' in parameters(request.url)) is is_sent
    assert parameters(request.url)['state'] == request.state
    assert len(request.url) <= 2000


@pytest.mark.parametrize(
    ('wanted', 'modes', 'issuer', 'mode'),
    [
        ('auto', ['query', 'form_post'], ISSUER, None),
        ('auto', ['form_post'], ISSUER, 'form_post'),
        ('auto', None, ISSUER, None),
        ('auto', ['query', 'fragment', 'form_post'], 'https://appleid.apple.com', 'form_post'),
        ('form_post', ['query'], ISSUER, 'form_post'),
        ('query', ['form_post'], ISSUER, 'query'),
        ('query', ['query', 'form_post'], 'https://appleid.apple.com', 'query'),
    ],
)
def test_a_form_is_asked_for_where_it_is_wanted_or_there_is_no_other_way(
    wanted: ResponseMode, modes: list[str] | None, issuer: str, mode: str | None
) -> None:
    """Apple refuses the query, which it lists, to whoever asks for a name."""
    document = discovery(issuer, response_modes_supported=modes)
    assert sign_in_response_mode(check_metadata(document, issuer), wanted) == mode
