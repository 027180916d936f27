"""Examinations of an app that shows itself by a key, pushes its requests, or asks at an internal address."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.doctor.configurable_provider import BASE_URL, ISSUER, ConfigurableProvider
from tests.doctor.conftest import Examine, problems

INTERNAL = 'http://idp:8080'
PAR = {
    'pushed_authorization_request_endpoint': f'{ISSUER}/par',
    'require_pushed_authorization_requests': True,
}


@pytest.fixture
def key_file(op: ConfigurableProvider, tmp_path: Path) -> str:
    """The file of the key that the provider knows the client by."""
    key, file = ec.generate_private_key(ec.SECP256R1()), tmp_path / 'client.pem'
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    op.public_key, op.secret = key.public_key(), None
    op.document['token_endpoint_auth_methods_supported'] = ['private_key_jwt']
    return str(file)


async def test_a_client_with_a_key_that_pushes_is_found_well(
    op: ConfigurableProvider, examined: Examine, key_file: str
) -> None:
    op.document |= PAR
    found = await examined(OIDC_CLIENT_SECRET='', OIDC_PRIVATE_KEY_FILE=key_file)
    assert not problems(found)
    assert 'private_key_jwt' in found['client_authentication'].what
    assert [found[name].outcome for name in ('client', 'callback', 'silent', 'other_redirect_uris')] == ['ok'] * 4


async def test_an_address_that_is_not_registered_is_told_by_what_a_push_is_answered(
    op: ConfigurableProvider, examined: Examine
) -> None:
    op.document |= PAR
    op.redirect_uris = {f'{BASE_URL}/callback'}
    assert problems(await examined()) == {'silent'}


async def test_a_key_that_the_provider_does_not_know_is_named(
    op: ConfigurableProvider, examined: Examine, key_file: str
) -> None:
    op.public_key = ec.generate_private_key(ec.SECP256R1()).public_key()
    found = await examined(OIDC_CLIENT_SECRET='', OIDC_PRIVATE_KEY_FILE=key_file)
    assert problems(found) == {'client'}
    assert 'OIDC_PRIVATE_KEY_FILE' in found['client'].what


async def test_a_key_file_that_is_not_there_is_one_finding_that_names_its_setting(examined: Examine) -> None:
    found = await examined(OIDC_CLIENT_SECRET='', OIDC_PRIVATE_KEY_FILE='/nowhere.pem')
    assert problems(found) == {'client_authentication'}
    assert 'OIDC_PRIVATE_KEY_FILE' in found['client_authentication'].what


async def test_the_server_asks_the_internal_address_only(op: ConfigurableProvider, examined: Examine) -> None:
    found = await examined(OIDC_INTERNAL_ISSUER=INTERNAL)
    assert not problems(found)
    asked = {(request.url.host, request.url.path) for request in op.requests}
    assert {path for host, path in asked if host == 'idp'} >= {'/token', '/jwks'}
    assert {path for host, path in asked if host != 'idp'} == {'/authorize', '/logout'}


async def test_a_browser_that_would_be_sent_to_the_internal_address_is_a_problem(
    op: ConfigurableProvider, examined: Examine
) -> None:
    op.document['authorization_endpoint'] = f'{INTERNAL}/authorize'
    assert 'endpoints' in problems(await examined(OIDC_INTERNAL_ISSUER=INTERNAL))
