"""A refresh token that could not be sent, since the client had nothing to show itself with."""

from __future__ import annotations

import pytest

from app.errors import ClientSecretUnavailable
from app.oidc.client_auth.secret_source import SecretSource
from app.oidc.metadata import Registration
from app.oidc.provider_client import ProviderClient
from app.renewal.live_session import LiveSession
from app.renewal.methods import Policy
from app.renewal.state import Rules
from tests.provider import CLIENT_ID, ISSUER, RecordingProvider
from tests.renewal.conftest import SILENT, SignedIn, revoking


def locked() -> str:
    raise PermissionError('the vault is locked')


async def test_it_is_as_good_as_before_and_nobody_has_lost_anything(
    alice: SignedIn, provider: RecordingProvider
) -> None:
    registration = Registration(CLIENT_ID, 'openid', credential=SecretSource(locked))
    oidc = ProviderClient(ISSUER, registration, alice.oidc._http, alice.clock)
    policy = Policy(redirect_uri=SILENT, methods=('refresh_token',))
    live = LiveSession(
        alice.session,
        provider=oidc,
        store=alice.store,
        clock=alice.clock,
        policy=policy,
        rules=Rules(),
        on_end=revoking(oidc),
    )
    with pytest.raises(ClientSecretUnavailable):
        await live.renew()
    assert '/token' not in provider.requests
    assert live.phase == 'retrying'
    kept = await alice.store.load(alice.session.id)
    assert kept is not None
    assert kept.tokens == alice.session.tokens
    assert (kept.refresh_in_doubt, kept.refresh_sent_at) == (False, None)
