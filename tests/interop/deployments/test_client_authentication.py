"""How the client shows itself: keys in the place of secrets, and secrets that are kept elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.errors import AuthError, ClientRefused
from app.oidc.client_auth.credential import PrivateKeyJwt
from app.oidc.client_auth.secret_source import SecretSource
from app.oidc.client_auth.signing_key import SigningKey
from app.oidc.metadata import Registration
from tests.interop.deployments.demanding import KEYS, SCOPE, MakeApp, World
from tests.interop.real_provider import SECRET

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
