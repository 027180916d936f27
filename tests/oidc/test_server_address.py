"""A provider that the server reaches by another address than browsers do."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.errors import DiscoveryInvalid
from app.oidc.endpoints.server_address import ServerAddress, with_mtls_aliases
from app.oidc.http import http_client
from app.oidc.metadata import Registration, check_metadata
from app.oidc.provider_client import ProviderClient
from tests.clock import FakeClock
from tests.oidc.conftest import signed_in
from tests.oidc.documents import CALLBACK, CLIENT_ID, ISSUER, discovery
from tests.oidc.scripted_provider import ScriptedProvider

REALM, INTERNAL = 'https://login.example.com/realms/x', 'http://keycloak:8080/realms/x'
OIDC = 'protocol/openid-connect'


@pytest.mark.parametrize(
    ('issuer', 'internal', 'public_url', 'asked'),
    [
        (REALM, INTERNAL, f'{REALM}/{OIDC}/token', f'{INTERNAL}/{OIDC}/token'),
        (REALM, INTERNAL, 'https://login.example.com/other/keys', 'http://keycloak:8080/other/keys'),
        (REALM, 'http://kc/auth/realms/x', f'{REALM}/token', 'http://kc/auth/realms/x/token'),
        ('https://a.example/', 'http://op:3000', 'https://a.example/token?p=1', 'http://op:3000/token?p=1'),
        ('https://a.example', 'http://op:3000/', 'https://a.example?p=token', 'http://op:3000?p=token'),
        ('https://a.example/auth', 'http://op:3000', 'https://a.example/auth/token', 'http://op:3000/token'),
        ('https://a.example/auth', 'http://op:3000', 'https://a.example/authors', 'https://a.example/authors'),
        ('https://a.example/auth', 'http://op:3000', 'https://a.example/keys', 'https://a.example/keys'),
        (REALM, INTERNAL, 'https://login.example.com.evil.example/t', 'https://login.example.com.evil.example/t'),
        (REALM, INTERNAL, 'https://www.googleapis.com/oauth2/v3/certs', 'https://www.googleapis.com/oauth2/v3/certs'),
        (REALM, INTERNAL, f'{INTERNAL}/token', f'{INTERNAL}/token'),
    ],
)
def test_what_is_below_the_public_address_is_asked_below_the_internal_one(
    issuer: str, internal: str, public_url: str, asked: str
) -> None:
    assert ServerAddress(issuer, internal).seen_from_server(public_url) == asked


def checked(internal: str = INTERNAL, **changes: Any) -> Any:
    return check_metadata(discovery(REALM) | changes, REALM, ServerAddress(REALM, internal))


def test_the_server_asks_inside_and_a_browser_is_sent_outside() -> None:
    more = {
        'revocation_endpoint': f'{REALM}/revoke',
        'pushed_authorization_request_endpoint': f'{REALM}/par',
    }
    metadata = checked(**more)
    assert metadata.issuer == REALM
    assert (metadata.authorization_endpoint, metadata.end_session_endpoint) == (f'{REALM}/authorize', f'{REALM}/logout')
    asked = (metadata.token_endpoint, metadata.jwks_uri, metadata.userinfo_endpoint, metadata.revocation_endpoint)
    assert asked == tuple(f'{INTERNAL}/{name}' for name in ('token', 'jwks', 'userinfo', 'revoke'))
    assert metadata.pushed_authorization_request_endpoint == f'{INTERNAL}/par'


def test_endpoints_that_are_internal_already_are_taken_as_they_are() -> None:
    """Keycloak with `hostname-backchannel-dynamic`."""
    metadata = checked(token_endpoint=f'{INTERNAL}/t', jwks_uri=f'{INTERNAL}/certs')
    assert (metadata.token_endpoint, metadata.jwks_uri) == (f'{INTERNAL}/t', f'{INTERNAL}/certs')


@pytest.mark.parametrize('url', ['http://keycloak:8081/t', 'http://keycloak:8080.evil.example/t', 'http://10.0.0.1/t'])
def test_plain_http_is_taken_at_the_internal_address_only(url: str) -> None:
    with pytest.raises(DiscoveryInvalid, match='token_endpoint'):
        checked(token_endpoint=url)


@pytest.mark.parametrize('name', ['authorization_endpoint', 'end_session_endpoint', 'issuer'])
@pytest.mark.parametrize('internal', [INTERNAL, 'https://sso.internal/realms/x'])
def test_no_browser_is_sent_to_the_internal_address(name: str, internal: str) -> None:
    with pytest.raises(DiscoveryInvalid, match=f'as {name}, where no browser gets: set the public address') as failed:
        checked(internal, **{name: f'{internal}/authorize'})
    assert 'KC_HOSTNAME' in str(failed.value)


@pytest.mark.parametrize(
    ('issuer', 'internal'),
    [
        ('https://a.example/auth', 'https://a.example'),
        ('https://a.example', 'https://a.example/inside'),
        ('https://a.example', 'https://a.example'),
    ],
)
def test_addresses_of_which_one_is_below_the_other_are_told_apart(issuer: str, internal: str) -> None:
    metadata = check_metadata(discovery(issuer), issuer, ServerAddress(issuer, internal))
    assert metadata.authorization_endpoint == f'{issuer}/authorize'
    assert metadata.token_endpoint == f'{internal}/token'


def test_another_issuer_is_refused_as_ever() -> None:
    with pytest.raises(DiscoveryInvalid, match='equal to the letter'):
        checked(issuer='https://evil.example')


async def test_only_the_internal_address_is_ever_asked(clock: FakeClock) -> None:
    asked: list[str] = []
    scripted = ScriptedProvider()

    async def handle(request: httpx.Request) -> httpx.Response:
        asked.append(f'{request.url.scheme}://{request.url.netloc.decode()}')
        return await scripted.handle(request)

    async with http_client(httpx.MockTransport(handle)) as http:
        registration = Registration(CLIENT_ID, 'openid', 'secret')
        oidc = ProviderClient(ISSUER, registration, http, clock, internal_issuer='http://op:3000')
        grant = await signed_in(oidc, scripted)
        await oidc.userinfo(grant.tokens.access_token, 'alice')
        url = (await oidc.sign_in_request(CALLBACK)).url
    assert grant.claims['iss'] == ISSUER
    assert scripted.paths == ['/.well-known/openid-configuration', '/token', '/jwks', '/userinfo']
    assert set(asked) == {'http://op:3000'}
    assert url.startswith(f'{ISSUER}/authorize?')


def test_a_client_with_a_certificate_asks_where_one_is_wanted() -> None:
    """RFC 8705 §5: what is for browsers stays, and what has no alias is asked as by everybody."""
    mtls = 'https://mtls.login.example.com'
    aliases = {'token_endpoint': f'{mtls}/token', 'authorization_endpoint': f'{mtls}/authorize', 'odd': 1}
    document = with_mtls_aliases(discovery(mtls_endpoint_aliases=aliases))
    assert document['token_endpoint'] == f'{mtls}/token'
    assert document['authorization_endpoint'] == f'{ISSUER}/authorize'
    assert document['jwks_uri'] == f'{ISSUER}/jwks'


@pytest.mark.parametrize('aliases', [None, [], 'https://mtls.example', 7])
def test_aliases_that_are_none_change_nothing(aliases: Any) -> None:
    document = discovery(mtls_endpoint_aliases=aliases)
    assert with_mtls_aliases(document) == document
