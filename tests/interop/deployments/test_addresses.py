"""Another address from the server than from the browser, a private CA, and mutual TLS."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import AuthError, ClientRefused, CodeRefused, DiscoveryInvalid, ProviderUnreachable
from app.oidc.client_auth.credential import MutualTls
from app.oidc.http import TlsFiles
from app.oidc.metadata import Registration
from tests.certificates import Authority
from tests.interop.deployments.demanding import SCOPE, MakeApp, World

# Another address from the server than from the browser


@pytest.mark.parametrize('variant', ['internal', 'internal-for-servers'])
async def test_the_server_asks_inside_while_the_browser_is_sent_outside(
    app_at: MakeApp, world: World, variant: str
) -> None:
    internal = world.variants[variant]['internal']
    app = app_at(variant, internal_issuer=internal)
    request = await app.works()
    assert request.url.startswith(f'{app.oidc.issuer}/auth?')
    assert len(app.asked) >= 5
    assert all(url.startswith(f'{internal}/') for url in app.asked)


async def test_without_the_internal_address_there_is_no_provider(app_at: MakeApp) -> None:
    with pytest.raises(AuthError) as failed:
        await app_at('internal').sign_in()
    assert failed.value.code == 'provider_failed'


async def test_a_provider_that_would_send_browsers_inside_is_refused_with_what_to_set(
    app_at: MakeApp, world: World
) -> None:
    variant = 'internal-as-asked'
    with pytest.raises(DiscoveryInvalid, match='authorization_endpoint, where no browser gets: set the public address'):
        await app_at(variant, internal_issuer=world.variants[variant]['internal']).sign_in()


async def test_the_internal_address_of_another_provider_is_refused(app_at: MakeApp, world: World) -> None:
    with pytest.raises(DiscoveryInvalid, match='equal to the letter'):
        await app_at('internal', internal_issuer=world.variants['internal-for-servers']['internal']).sign_in()


# A private CA, and mutual TLS


async def test_a_provider_with_a_certificate_of_a_private_ca_is_trusted_with_it(app_at: MakeApp, world: World) -> None:
    app = app_at('private-ca', tls=TlsFiles(world.authority.ca_file))
    await app.works()
    assert all(url.startswith('https://localhost:') for url in app.asked)


async def test_an_unknown_ca_is_no_connection(app_at: MakeApp, tmp_path: Path) -> None:
    for tls in (None, TlsFiles(Authority(tmp_path, 'another CA').ca_file)):
        with pytest.raises(ProviderUnreachable, match='CERTIFICATE_VERIFY_FAILED') as failed:
            await app_at('private-ca', tls=tls).sign_in()
        assert failed.value.code == 'provider_unreachable'


def files(world: World, name: str) -> TlsFiles:
    return TlsFiles(world.authority.ca_file, world.files[name].cert_file, world.files[name].key_file)


WITH_CERTIFICATE = Registration('secret', SCOPE, credential=MutualTls())


async def test_a_client_with_a_certificate_signs_in_and_renews_at_the_endpoints_for_it(
    app_at: MakeApp, world: World
) -> None:
    app = app_at('mutual-tls', WITH_CERTIFICATE, files(world, 'app'))
    await app.works()
    aliases = (await app.oidc.metadata()).token_endpoint
    assert not aliases.startswith(app.oidc.issuer)
    assert [url for url in app.asked if url.endswith('/token')] == [aliases] * 3


@pytest.mark.parametrize('name', ['another', None])
async def test_a_client_with_another_certificate_or_none_is_refused(
    app_at: MakeApp, world: World, name: str | None
) -> None:
    tls = files(world, name) if name else TlsFiles(world.authority.ca_file)
    with pytest.raises((ClientRefused, CodeRefused)) as refused:
        await app_at('mutual-tls', WITH_CERTIFICATE, tls).sign_in()
    assert refused.value.code == 'invalid_client'
