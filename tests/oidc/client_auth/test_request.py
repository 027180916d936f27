"""A request in the client's own name, by each of the methods; the secrets' own tests stand in `test_tokens.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jwt
import pytest

from app.errors import ClientSecretUnavailable, SettingsError
from app.oidc.client_auth.credential import AppleSecret, Credential, MutualTls, PrivateKeyJwt
from app.oidc.client_auth.request import JWT_BEARER, TokenRequest, authenticated_request, ready
from app.oidc.client_auth.secret_source import SecretSource
from app.oidc.client_auth.signing_key import SigningKey
from app.oidc.metadata import Metadata, Registration
from tests.clock import START
from tests.oidc.client_auth.keys import key, key_file
from tests.oidc.documents import CLIENT_ID, ISSUER, metadata

URL = f'{ISSUER}/token'
BODY = 'grant_type=refresh_token&refresh_token=r%2Bt'


def registered(credential: Credential | None) -> Registration:
    return Registration(CLIENT_ID, 'openid', credential=credential)


async def made(credential: Credential, known: Metadata | None = None, now: float = START) -> TokenRequest:
    known = known or metadata()
    registration = await ready(registered(credential), now)
    return authenticated_request(known, URL, known.token_auth_methods, registration, BODY)


def form(request: TokenRequest) -> dict[str, str]:
    pairs = parse_qsl(request.body, strict_parsing=True)
    assert len(pairs) == len(dict(pairs))
    return dict(pairs)


def decoded(token: str, kind: str, algorithm: str, audience: str) -> dict[str, Any]:
    options: Any = {'verify_exp': False, 'verify_iat': False}
    return jwt.decode(token, key(kind).public_key(), [algorithm], audience=audience, options=options)


@pytest.fixture
def private_key_jwt(tmp_path: Path) -> PrivateKeyJwt:
    return PrivateKeyJwt(SigningKey.read(key_file(tmp_path, 'P-256'), 'the-kid'))


@pytest.fixture
def apple(tmp_path: Path) -> AppleSecret:
    return AppleSecret.of(SigningKey.read(key_file(tmp_path, 'P-256'), 'ABC123DEFG'), 'TEAM123456')


async def test_a_key_signs_an_assertion_in_the_clients_name(private_key_jwt: PrivateKeyJwt) -> None:
    """RFC 7523 §2.2 and §3."""
    request = await made(private_key_jwt)
    sent = form(request)
    assertion = sent.pop('client_assertion')
    assert 'Authorization' not in request.headers
    assert sent == {
        'grant_type': 'refresh_token',
        'refresh_token': 'r+t',
        'client_id': CLIENT_ID,
        'client_assertion_type': JWT_BEARER,
    }
    claims = decoded(assertion, 'P-256', 'ES256', ISSUER)
    assert len(claims.pop('jti')) == 32
    assert claims == {'iss': CLIENT_ID, 'sub': CLIENT_ID, 'aud': ISSUER, 'iat': START, 'exp': START + 60}


async def test_each_request_has_an_assertion_of_its_own(private_key_jwt: PrivateKeyJwt) -> None:
    first, second = [form(await made(private_key_jwt))['client_assertion'] for _ in range(2)]
    assert decoded(first, 'P-256', 'ES256', ISSUER)['jti'] != decoded(second, 'P-256', 'ES256', ISSUER)['jti']


async def test_an_assertion_is_signed_with_what_the_endpoint_lists(tmp_path: Path) -> None:
    credential = PrivateKeyJwt(SigningKey.read(key_file(tmp_path, 'RSA')))
    known = metadata(token_endpoint_auth_signing_alg_values_supported=['PS256', 'ES256'])
    assert decoded(form(await made(credential, known))['client_assertion'], 'RSA', 'PS256', ISSUER)


async def test_who_runs_the_app_can_say_what_the_provider_is_called(private_key_jwt: PrivateKeyJwt) -> None:
    credential = PrivateKeyJwt(private_key_jwt.key, audience='https://okta.example.com/token')
    sent = form(await made(credential))
    assert decoded(sent['client_assertion'], 'P-256', 'ES256', 'https://okta.example.com/token')


async def test_apples_secret_is_a_jwt_of_the_team_that_is_made_anew_for_each_request(apple: AppleSecret) -> None:
    known = metadata(token_endpoint_auth_methods_supported=['client_secret_post'])
    for now in (START, START + 86_400):
        request = await made(apple, known, now)
        sent = form(request)
        secret = sent.pop('client_secret')
        assert sent == {'grant_type': 'refresh_token', 'refresh_token': 'r+t', 'client_id': CLIENT_ID}
        assert 'Authorization' not in request.headers
        assert jwt.get_unverified_header(secret) == {'alg': 'ES256', 'typ': 'JWT', 'kid': 'ABC123DEFG'}
        assert decoded(secret, 'P-256', 'ES256', 'https://appleid.apple.com') == {
            'iss': 'TEAM123456',
            'sub': CLIENT_ID,
            'aud': 'https://appleid.apple.com',
            'iat': now,
            'exp': now + 300,
        }


@pytest.mark.parametrize(
    ('kind', 'kid', 'says'),
    [
        ('RSA', 'ABC123DEFG', '^OIDC_APPLE_PRIVATE_KEY_FILE: must be a key of the curve P-256'),
        ('P-384', 'ABC123DEFG', '^OIDC_APPLE_PRIVATE_KEY_FILE: must be a key of the curve P-256'),
        ('P-256', None, '^OIDC_APPLE_PRIVATE_KEY_ID: must be set when OIDC_APPLE_TEAM_ID is'),
    ],
)
def test_what_apple_would_not_take_stops_the_start(tmp_path: Path, kind: str, kid: str | None, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        AppleSecret.of(SigningKey.read(key_file(tmp_path, kind), kid), 'TEAM123456', prefix='OIDC_APPLE')


async def test_a_secret_that_is_asked_for_is_sent_as_any_other() -> None:
    secrets = iter(['first', 'second'])
    source = SecretSource(lambda: next(secrets))
    known = metadata(token_endpoint_auth_methods_supported=['client_secret_post'])
    assert [form(await made(source, known))['client_secret'] for _ in range(2)] == ['first', 'second']
    assert 'Authorization' in (await made(SecretSource(lambda: 'third'))).headers


async def test_a_secret_that_is_not_to_be_had_makes_no_request() -> None:
    with pytest.raises(ClientSecretUnavailable):
        await made(SecretSource(lambda: ''))


async def test_a_client_with_a_certificate_names_itself_and_sends_no_secret() -> None:
    """RFC 8705 §2: the connection says the rest."""
    request = await made(MutualTls())
    assert form(request) == {'grant_type': 'refresh_token', 'refresh_token': 'r+t', 'client_id': CLIENT_ID}
    assert 'Authorization' not in request.headers


async def test_a_plain_registration_is_ready_as_it_is() -> None:
    plain = Registration(CLIENT_ID, 'openid', 'secret')
    assert await ready(plain, START) is plain


def test_a_credential_that_was_not_made_ready_is_a_mistake_of_ours(apple: AppleSecret) -> None:
    known = metadata()
    with pytest.raises(TypeError, match='AppleSecret is not ready'):
        authenticated_request(known, URL, known.token_auth_methods, registered(apple), BODY)


async def test_nothing_shows_a_key_or_what_it_signed(private_key_jwt: PrivateKeyJwt, apple: AppleSecret) -> None:
    for credential in (private_key_jwt, apple):
        request = await made(credential, metadata(token_endpoint_auth_methods_supported=['client_secret_post']))
        registration = await ready(registered(credential), START)
        shown = f'{credential!r} {request!r} {registration!r}'
        assert 'PrivateKey object' not in shown
        signed = form(request).get('client_assertion') or form(request)['client_secret']
        assert signed not in shown
