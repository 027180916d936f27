"""The discovery document (conformance modules `discovery-openid-config`, `discovery-issuer-mismatch`)."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import DiscoveryInvalid
from app.oidc.metadata import Registration, check_metadata, discovery_url
from tests.oidc.documents import ISSUER, discovery, metadata

NEEDED = ('authorization_endpoint', 'token_endpoint', 'jwks_uri')
OPTIONAL = ('userinfo_endpoint', 'end_session_endpoint')
UNUSABLE = [
    pytest.param('http://login.example.com/x', id='http for an https issuer'),
    pytest.param('/x', id='relative'),
    pytest.param('//login.example.com/x', id='without a scheme'),
    pytest.param('javascript:alert(1)', id='javascript'),
    pytest.param('https:///x', id='without a host'),
    pytest.param('https://[login.example.com/x', id='broken host'),
    pytest.param('https://login.example.com:port/x', id='broken port'),
    pytest.param('https://user:password@login.example.com/x', id='with a user name'),
    pytest.param("https://a;script-src *;'b'/x", id='a host that would change our policy'),
    pytest.param('https://lögin.example.com/x', id='a host that no header can hold'),
    pytest.param('', id='empty'),
    pytest.param(42, id='a number'),
    pytest.param(['https://login.example.com/x'], id='a list'),
]


@pytest.mark.parametrize(
    ('issuer', 'url'),
    [
        ('https://login.example.com', 'https://login.example.com/.well-known/openid-configuration'),
        ('https://example.eu.auth0.com/', 'https://example.eu.auth0.com/.well-known/openid-configuration'),
        ('https://login.example.com/realms/a', 'https://login.example.com/realms/a/.well-known/openid-configuration'),
    ],
)
def test_the_document_lies_below_the_issuer(issuer: str, url: str) -> None:
    assert discovery_url(issuer) == url


@pytest.mark.parametrize('issuer', [ISSUER, f'{ISSUER}/', f'{ISSUER}/realms/a', 'http://localhost:9000'])
def test_a_document_with_exactly_the_configured_issuer_is_taken(issuer: str) -> None:
    found = check_metadata(discovery(issuer), issuer)
    assert found.issuer == issuer
    assert found.token_endpoint == f'{issuer}/token'


@pytest.mark.parametrize(
    'named',
    [
        pytest.param(f'{ISSUER}/', id='with a trailing slash'),
        pytest.param(ISSUER.upper(), id='in upper case'),
        pytest.param(ISSUER.replace('https', 'http'), id='http'),
        pytest.param(f'{ISSUER}:443', id='with the default port'),
        pytest.param(f'{ISSUER}/realms/a', id='with a path'),
        pytest.param('https://evil.example', id='another'),
        pytest.param('', id='empty'),
        pytest.param([ISSUER], id='a list'),
        pytest.param(None, id='missing'),
    ],
)
def test_another_issuer_is_refused_to_the_letter(named: Any) -> None:
    with pytest.raises(DiscoveryInvalid, match='issuer'):
        check_metadata(discovery() | {'issuer': named}, ISSUER)


def test_a_missing_trailing_slash_is_refused_too() -> None:
    with pytest.raises(DiscoveryInvalid, match='to the letter'):
        check_metadata(discovery(), f'{ISSUER}/')


@pytest.mark.parametrize('name', NEEDED)
def test_a_document_without_a_needed_endpoint_is_refused(name: str) -> None:
    with pytest.raises(DiscoveryInvalid, match=name):
        metadata(**{name: None})


@pytest.mark.parametrize('url', UNUSABLE)
@pytest.mark.parametrize('name', NEEDED)
def test_an_unusable_endpoint_is_refused(name: str, url: Any) -> None:
    with pytest.raises(DiscoveryInvalid, match=name):
        metadata(**{name: url})


@pytest.mark.parametrize('url', [*UNUSABLE, pytest.param(None, id='missing')])
@pytest.mark.parametrize('name', OPTIONAL)
def test_an_unusable_optional_endpoint_counts_as_missing(name: str, url: Any) -> None:
    assert getattr(metadata(**{name: url}), name) is None


def test_endpoints_may_lie_on_another_host() -> None:
    assert metadata(token_endpoint='https://api.example.org/token').token_endpoint == 'https://api.example.org/token'


@pytest.mark.parametrize('url', ['http://localhost:9000/token', 'https://localhost:9443/token'])
def test_an_http_issuer_on_this_machine_may_have_http_and_https_endpoints(url: str) -> None:
    issuer = 'http://localhost:9000'
    assert check_metadata(discovery(issuer, token_endpoint=url), issuer).token_endpoint == url


def test_an_http_issuer_on_this_machine_may_have_no_http_endpoint_elsewhere() -> None:
    issuer = 'http://localhost:9000'
    with pytest.raises(DiscoveryInvalid, match='token_endpoint'):
        check_metadata(discovery(issuer, token_endpoint='http://login.example.com/token'), issuer)


@pytest.mark.parametrize(
    ('listed', 'accepted'),
    [
        pytest.param(None, {'RS256'}, id='nothing said'),
        pytest.param(['RS256', 'HS256', 'none'], {'RS256'}, id='with symmetric ones'),
        pytest.param(['ES256', 'EdDSA', 'RS512'], {'ES256', 'EdDSA', 'RS512'}, id='several'),
        pytest.param(['RS256', 42, None, ['ES256']], {'RS256'}, id='with garbage'),
        pytest.param('RS512', {'RS256'}, id='no list'),
    ],
)
def test_only_listed_asymmetric_algorithms_are_accepted(listed: Any, accepted: set[str]) -> None:
    assert metadata(id_token_signing_alg_values_supported=listed).id_token_algorithms == accepted


@pytest.mark.parametrize('listed', [['HS256'], ['none'], ['HS256', 'HS512', 'none'], ['rs256'], ['ES256K'], []])
def test_a_provider_without_asymmetric_algorithms_is_refused(listed: list[str]) -> None:
    with pytest.raises(DiscoveryInvalid, match=f'asymmetric .*listed: {", ".join(listed) or "none"}'):
        metadata(id_token_signing_alg_values_supported=listed)


def test_what_is_not_said_has_the_specifications_defaults() -> None:
    found = metadata()
    assert found.response_modes == {'query', 'fragment'}
    assert found.token_auth_methods == {'client_secret_basic'}
    assert not found.promises_iss


@pytest.mark.parametrize(('value', 'promised'), [(True, True), (False, False), ('true', False), (1, False)])
def test_iss_is_promised_only_by_true(value: Any, promised: bool) -> None:
    assert metadata(authorization_response_iss_parameter_supported=value).promises_iss is promised


def test_the_registration_never_shows_its_secret() -> None:
    registration = Registration('app', 'openid', client_secret='s3cret')
    assert 's3cret' not in f'{registration} {registration!r}'
