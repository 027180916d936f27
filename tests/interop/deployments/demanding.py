"""The provider in all its variants, the files that its clients have, and the app as one of these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from app.oidc.authorization import AuthorizationRequest, parse_authorization_response
from app.oidc.client_auth.credential import PrivateKeyJwt
from app.oidc.client_auth.signing_key import SigningKey
from app.oidc.metadata import Registration
from app.oidc.provider_client import ProviderClient
from app.oidc.tokens import Grant
from tests.certificates import Authority, Certificate, Key
from tests.interop.form_browser import FormBrowser
from tests.interop.real_provider import BASE_URL, SECRET, client

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


MakeApp = Callable[..., App]


def client_with_key(kind: str, key: Key) -> dict[str, Any]:
    algorithm = KEYS[kind][0]
    public: dict[str, Any] = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    registered = client(kind, token_endpoint_auth_method='private_key_jwt', jwks={'keys': [public]})
    del registered['client_secret']
    return registered | ({'token_endpoint_auth_signing_alg': algorithm} if kind == 'ec' else {})
