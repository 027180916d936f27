"""What the provider is called in a client assertion."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.oidc.client_auth.audience import assertion_audience
from app.oidc.metadata import check_metadata
from tests.oidc.documents import discovery

ENTRA = 'https://login.microsoftonline.com/tenant/v2.0'
ENTRA_TOKEN = 'https://login.microsoftonline.com/tenant/oauth2/v2.0/token'
OKTA = 'https://example.okta.com/oauth2/default'


@pytest.mark.parametrize(
    'issuer',
    [
        'https://login.example.com',
        'https://example.eu.auth0.com/',
        'https://keycloak.example.com/realms/main',
        'https://okta.com.example.com',
        'https://notokta.com',
        'https://example.com/login.microsoftonline.com',
        'https://evil-login.microsoftonline.com',
        'https://login.microsoftonline.com.example',
    ],
)
def test_a_provider_is_called_by_its_issuer_at_every_endpoint(issuer: str) -> None:
    """OpenID Connect Core §9, RFC 9126 §2."""
    metadata = check_metadata(discovery(issuer), issuer)
    for url in (metadata.token_endpoint, f'{issuer}/revoke', f'{issuer}/par'):
        assert assertion_audience(metadata, url) == issuer


@pytest.mark.parametrize(
    ('issuer', 'token_endpoint'),
    [
        (ENTRA, ENTRA_TOKEN),
        ('https://login.microsoftonline.us/t/v2.0', 'https://login.microsoftonline.us/t/oauth2/v2.0/token'),
        ('https://example.ciamlogin.com/t/v2.0', 'https://example.ciamlogin.com/t/oauth2/v2.0/token'),
        ('https://secure.login.gov/', 'https://secure.login.gov/api/openid_connect/token'),
    ],
)
def test_some_want_their_token_endpoint(issuer: str, token_endpoint: str) -> None:
    metadata = check_metadata(discovery(issuer, token_endpoint=token_endpoint), issuer)
    assert assertion_audience(metadata, token_endpoint) == token_endpoint
    assert assertion_audience(metadata, f'{issuer}/par') == token_endpoint


def test_okta_wants_the_endpoint_that_is_asked() -> None:
    metadata = check_metadata(discovery(OKTA), OKTA)
    for url in (metadata.token_endpoint, f'{OKTA}/v1/revoke', f'{OKTA}/v1/par'):
        assert assertion_audience(metadata, url) == url


@pytest.mark.parametrize('issuer', ['https://evil.example', ENTRA, OKTA])
def test_no_provider_gets_an_assertion_that_is_good_at_another_one(issuer: str) -> None:
    """Audience injection (January 2025): its document names the token endpoint of somebody else."""
    honest = 'https://honest.example/token'
    metadata = replace(check_metadata(discovery(issuer), issuer), token_endpoint=honest)
    assert assertion_audience(metadata, honest) == issuer
