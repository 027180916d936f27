"""The demo provider for this app: the one client it knows is ours."""

from __future__ import annotations

from app.demo.messages import Client
from app.demo.provider import DemoProvider
from app.secret_key import derive_key
from app.settings import Settings


def stand_in(settings: Settings, secret_key: str) -> DemoProvider:
    """The provider to mount at the path of the issuer."""
    client = Client(
        client_id=settings.client_id,
        redirect_uris=(settings.callback_uri, settings.silent_uri),
        post_logout_redirect_uris=(settings.post_logout_uri,),
    )
    return DemoProvider(
        settings.issuer,
        [client],
        derive_key(secret_key, 'demo-provider'),
        lambda: settings.demo_token_lifetime,
        settings.data_dir,
    )
