from __future__ import annotations

from typing import Any

import pytest

from app.demo.acr import PASSWORD, TWO_FACTORS
from app.oidc.metadata import check_metadata
from tests.demo.conftest import ISSUER, Browser


@pytest.fixture
async def document(browser: Browser) -> dict[str, Any]:
    return dict((await browser.http.get(f'{ISSUER}/.well-known/openid-configuration')).json())


async def test_the_app_takes_the_document_and_finds_everything_that_it_needs(document: dict[str, Any]) -> None:
    metadata = check_metadata(document, ISSUER)
    assert metadata.userinfo_endpoint
    assert metadata.end_session_endpoint
    assert metadata.response_modes == {'query', 'fragment', 'form_post'}
    assert metadata.token_auth_methods == {'none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'}
    assert metadata.promises_iss


@pytest.mark.parametrize(
    'name',
    [
        'issuer',
        'authorization_endpoint',
        'token_endpoint',
        'jwks_uri',
        'scopes_supported',
        'response_types_supported',
        'subject_types_supported',
        'id_token_signing_alg_values_supported',
        'revocation_endpoint',
    ],
)
async def test_nothing_that_the_specification_wants_is_missing(document: dict[str, Any], name: str) -> None:
    assert document[name]


async def test_it_offers_the_levels_and_does_not_insist_on_pushed_requests(document: dict[str, Any]) -> None:
    assert document['acr_values_supported'] == [PASSWORD, TWO_FACTORS]
    assert document['require_pushed_authorization_requests'] is False


async def test_it_offers_pkce_with_s256_only(document: dict[str, Any]) -> None:
    assert document['code_challenge_methods_supported'] == ['S256']


async def test_every_address_is_under_the_issuer_and_answers(browser: Browser, document: dict[str, Any]) -> None:
    addresses = {name: url for name, url in document.items() if name.endswith(('_endpoint', '_uri'))}
    assert len(addresses) == 7
    for name, url in addresses.items():
        assert url.startswith(f'{ISSUER}/')
        assert (await browser.http.get(url)).status_code != 404, name


async def test_the_key_set_has_one_public_rsa_key(browser: Browser) -> None:
    (key,) = (await browser.http.get(f'{ISSUER}/jwks')).json()['keys']
    assert {'kty': 'RSA', 'use': 'sig', 'alg': 'RS256'}.items() <= key.items()
    assert key.keys() == {'kty', 'use', 'alg', 'kid', 'n', 'e'}
