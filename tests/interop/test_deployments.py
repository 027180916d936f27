"""What demanding deployments want of the app, at `oidc-provider` as it enforces each: sign in, renew, be refused."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from app.clock import Clock
from app.errors import AuthError, ClientRefused, CodeRefused, DiscoveryInvalid, ProviderUnreachable
from app.oidc.authorization import AuthorizationRequest, parse_authorization_response
from app.oidc.client_auth.credential import MutualTls, PrivateKeyJwt
from app.oidc.client_auth.secret_source import SecretSource
from app.oidc.client_auth.signing_key import SigningKey
from app.oidc.http import TlsFiles, http_client
from app.oidc.metadata import Registration
from app.oidc.provider_client import ProviderClient
from app.oidc.tokens import Grant
from tests.certificates import Authority, Certificate, Key
from tests.interop.form_browser import FormBrowser
from tests.interop.real_provider import BASE_URL, HERE, SECRET, client, told

SCOPE = 'openid profile email'
KEYS: dict[str, tuple[str, Callable[[], Key]]] = {
    'rsa': ('PS256', lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    'ec': ('ES256', lambda: ec.generate_private_key(ec.SECP256R1())),
    'ed25519': ('EdDSA', ed25519.Ed25519PrivateKey.generate),
}
PLAIN = Registration('secret', SCOPE, SECRET)


@dataclass(frozen=True)
class World:
    """The provider in all its variants, and the files that its clients have."""

    variants: dict[str, dict[str, str]]
    authority: Authority
    files: dict[str, Certificate]

    def key(self, kind: str) -> PrivateKeyJwt:
        return PrivateKeyJwt(SigningKey.read(self.files[kind].key_file))


@dataclass
class App:
    """The app as one client of one variant, and the browser of a person."""

    oidc: ProviderClient
    browser: FormBrowser
    asked: list[str] = field(default_factory=list)

    async def sign_in(self) -> tuple[AuthorizationRequest, Grant]:
        """From the app's button to the checked tokens, through the provider's own pages."""
        request = await self.oidc.sign_in_request(f'{BASE_URL}/callback')
        return request, await self.redeemed(request)

    async def redeemed(self, request: AuthorizationRequest, **options: Any) -> Grant:
        url = await self.browser.go(request.url)
        response = parse_authorization_response(url.query.decode(), url.fragment)
        return await self.oidc.redeem(request, response, **options)

    async def works(self) -> AuthorizationRequest:
        """Signs in, renews by the refresh token and by the frame, asks userinfo; the request of the sign-in."""
        request, grant = await self.sign_in()
        assert (grant.claims['sub'], grant.claims['iss']) == ('alice', self.oidc.issuer)
        assert grant.tokens.refresh_token
        unchecked = await self.oidc.send_refresh_token(grant.tokens.refresh_token, scope=grant.tokens.scope)
        renewed = await self.oidc.check_refreshed(unchecked, id_token=grant.id_token, claims=grant.claims)
        assert renewed.tokens.access_token != grant.tokens.access_token
        silent = await self.oidc.silent_request(f'{BASE_URL}/silent', grant.id_token)
        framed = await self.redeemed(silent, subject='alice')
        assert framed.tokens.access_token not in {grant.tokens.access_token, renewed.tokens.access_token}
        userinfo = await self.oidc.userinfo(framed.tokens.access_token, 'alice')
        assert userinfo is not None
        assert userinfo['email'] == 'alice@example.com'
        return request


@pytest.fixture(scope='session')
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The provider, once for all tests of a session."""
    authority = Authority(tmp_path_factory.mktemp('deployments'))
    keys = {kind: make() for kind, (_, make) in KEYS.items()}
    files = {kind: authority.certificate(kind, key) for kind, key in keys.items()}
    files |= {name: authority.certificate(name) for name in ('localhost', 'app', 'another')}
    clients = [client('secret'), *(_client_with_key(kind, keys[kind]) for kind in KEYS)]
    tls = {'ca': authority.ca_file, 'cert': files['localhost'].cert_file, 'key': files['localhost'].key_file}
    argument = json.dumps({'clients': clients, 'tls': {name: str(path) for name, path in tls.items()}})
    with told(['node', str(HERE / 'providers' / 'deployments.mjs'), argument]) as variants:
        yield World(variants, authority, files)


def _client_with_key(kind: str, key: Key) -> dict[str, Any]:
    algorithm = KEYS[kind][0]
    public: dict[str, Any] = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    registered = client(kind, token_endpoint_auth_method='private_key_jwt', jwks={'keys': [public]})
    del registered['client_secret']
    return registered | ({'token_endpoint_auth_signing_alg': algorithm} if kind == 'ec' else {})


MakeApp = Callable[..., App]


@pytest.fixture
async def app_at(world: World) -> AsyncIterator[MakeApp]:
    """A function that makes the app, as a client of a variant."""
    async with AsyncExitStack() as stack:

        def app_at(
            variant: str, registration: Registration = PLAIN, tls: TlsFiles | None = None, **options: Any
        ) -> App:
            http = http_client(tls=tls, trust_env=False)
            asked: list[str] = []

            async def note(request: httpx.Request) -> None:
                asked.append(str(request.url))

            http.event_hooks = {'request': [note]}
            browser = FormBrowser(TlsFiles(world.authority.ca_file).context(trust_env=False))
            stack.push_async_callback(http.aclose)
            stack.push_async_callback(browser.close)
            issuer = world.variants[variant]['issuer']
            return App(ProviderClient(issuer, registration, http, Clock(), **options), browser, asked)

        yield app_at


# private_key_jwt: the issuer is the only audience that this provider takes


@pytest.mark.parametrize('kind', KEYS)
async def test_a_client_with_a_key_signs_in_and_renews(app_at: MakeApp, world: World, kind: str) -> None:
    await app_at('plain', Registration(kind, SCOPE, credential=world.key(kind))).works()


async def test_a_client_with_a_key_can_revoke(app_at: MakeApp, world: World, caplog: pytest.LogCaptureFixture) -> None:
    app = app_at('plain', Registration('ec', SCOPE, credential=world.key('ec')))
    _, grant = await app.sign_in()
    assert grant.tokens.refresh_token
    app.oidc.revoke_later(grant.tokens.refresh_token, grant.tokens.access_token)
    await app.oidc._revocations.close()
    assert app.asked[-1].endswith('/token/revocation')
    assert 'could not be revoked' not in caplog.text
    with pytest.raises(AuthError) as refused:
        await app.oidc.send_refresh_token(grant.tokens.refresh_token, scope=SCOPE)
    assert refused.value.code == 'refresh_token_refused'


@pytest.mark.parametrize(
    'credential',
    [
        pytest.param(lambda world: PrivateKeyJwt(SigningKey.read(world.files['another'].key_file)), id='another key'),
        pytest.param(lambda world: world.key('rsa'), id='another algorithm'),
        pytest.param(lambda world: replace(world.key('ec'), audience='https://evil.example'), id='another audience'),
        pytest.param(lambda world: None, id='no key'),
    ],
)
async def test_a_client_with_the_wrong_key_is_refused(
    app_at: MakeApp, world: World, credential: Callable[[World], Any]
) -> None:
    with pytest.raises(ClientRefused) as refused:
        await app_at('plain', Registration('ec', SCOPE, credential=credential(world))).sign_in()
    assert refused.value.code == 'invalid_client'


async def test_a_secret_from_a_secret_manager_is_the_one_of_the_moment(app_at: MakeApp) -> None:
    async def current() -> str:
        return SECRET

    await app_at('plain', Registration('secret', SCOPE, credential=SecretSource(current))).works()
    stale = SecretSource(lambda: 'the secret of last year')
    with pytest.raises(ClientRefused) as refused:
        await app_at('plain', Registration('secret', SCOPE, credential=stale)).sign_in()
    assert refused.value.code == 'invalid_client'


# Pushed authorization requests (RFC 9126)


@pytest.mark.parametrize('kind', ['secret', 'ec'])
async def test_requests_are_pushed_where_that_is_required(app_at: MakeApp, world: World, kind: str) -> None:
    registration = PLAIN if kind == 'secret' else Registration(kind, SCOPE, credential=world.key(kind))
    request = await app_at('par', registration).works()
    assert parse_qs(urlsplit(request.url).query).keys() == {'client_id', 'request_uri'}


async def test_requests_are_pushed_where_that_is_wanted(app_at: MakeApp) -> None:
    request = await app_at('plain', replace(PLAIN, par='always')).works()
    assert parse_qs(urlsplit(request.url).query).keys() == {'client_id', 'request_uri'}


async def test_a_request_that_is_not_pushed_is_refused(app_at: MakeApp) -> None:
    with pytest.raises(ClientRefused) as refused:
        await app_at('par', replace(PLAIN, par='never')).sign_in()
    assert refused.value.code == 'invalid_request'
    assert 'Pushed Authorization Request must be used' in refused.value.description


async def test_a_client_that_may_not_push_is_told_at_once(app_at: MakeApp) -> None:
    with pytest.raises(ClientRefused) as refused:
        await app_at('par', replace(PLAIN, client_secret='wrong')).sign_in()
    assert refused.value.code == 'invalid_client'


async def test_who_goes_back_to_a_request_that_was_used_is_told_by_the_provider_and_can_begin_anew(
    app_at: MakeApp,
) -> None:
    """It cannot send them back here: where to was in what it has forgotten."""
    app = app_at('par')
    request, _ = await app.sign_in()
    with pytest.raises(AssertionError, match='request_uri is invalid, expired, or was already used'):
        await app.browser.go(request.url)
    await app.sign_in()


# response_mode=form_post


async def test_an_answer_comes_as_a_form_where_that_is_asked_for(app_at: MakeApp) -> None:
    app = app_at('form-post', replace(PLAIN, response_mode='form_post'))
    request, grant = await app.sign_in()
    assert parse_qs(urlsplit(request.url).query)['response_mode'] == ['form_post']
    assert grant.claims['sub'] == 'alice'
    unchecked = await app.oidc.send_refresh_token(grant.tokens.refresh_token or '', scope=SCOPE)
    assert await app.oidc.check_refreshed(unchecked, id_token=grant.id_token, claims=grant.claims)


async def test_who_asks_for_no_form_where_one_is_demanded_is_refused(app_at: MakeApp) -> None:
    with pytest.raises(ClientRefused) as refused:
        await app_at('form-post').sign_in()
    assert refused.value.code == 'invalid_request'


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
