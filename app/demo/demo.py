"""The demo provider and its API, as this app uses them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from ..clock import Clock
from ..oidc.keys import KeySet
from ..secret_key import derive_key
from ..settings import DEMO_API_PATH, Settings
from .api import DemoApi
from .bearer import Bearer
from .messages import Client
from .overrides import Faulty, Overrides
from .protocol.resources import REPORTS
from .provider import DemoProvider
from .reports import ReportsApi

ROTATION_INTERVAL = 60.0  # seconds; no relying party looks for new keys more often, and no provider rotates so


class Demo:
    """What to mount at the path of the issuer, and the ways to make it misbehave; to be opened before it is asked.

    `get` fetches a JSON document over HTTP: the API gets the provider's keys as any other would.
    """

    def __init__(self, settings: Settings, get: Callable[[str], Awaitable[dict[str, Any]]], clock: Clock) -> None:
        issuer = settings.issuer
        self.overrides = Overrides()
        self._settings, self._clock = settings, clock
        self._provider: DemoProvider | None = None
        self._rotated_at = float('-inf')
        keys = KeySet(lambda: get(f'{issuer}/jwks'), clock)
        self._bearer, self._reports_bearer = (
            Bearer(issuer, f'{issuer}{path}', keys, clock) for path in (DEMO_API_PATH, REPORTS)
        )
        self.app = Starlette(
            routes=[
                Mount(DEMO_API_PATH, DemoApi(self._bearer).app),
                Mount(REPORTS, ReportsApi(self._reports_bearer).app),
                Mount('/', Faulty(self._answer, self.overrides, clock)),
            ]
        )

    async def open(self, secret_key: str) -> None:
        """Begin to answer. Raises `SettingsError` if a file of its own in DATA_DIR cannot be used."""
        # In a thread, since the first time it makes a key, which takes a moment.
        self._provider = await run_in_threadpool(demo_provider, self._settings, secret_key)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._opened.app(scope, receive, send)

    @property
    def _opened(self) -> DemoProvider:
        if self._provider is None:
            raise RuntimeError('the demo provider is not open: the server that it is mounted in has not started')
        return self._provider

    def sign_out_elsewhere(self, sid: str) -> None:
        """The session at the provider is over; this app is not told."""
        self._opened.end_elsewhere(sid)

    def let_another_in(self, sid: str, subject: str) -> None:
        """Somebody else is signed in at the provider in the browser with this session of `subject`."""
        self._opened.let_another_in(sid, subject)

    def take_role(self, subject: str) -> None:
        """The first role of this person is gone with the next renewal; doing it again gives it back."""
        self._opened.take_role(subject)

    async def rotate_keys(self) -> bool:
        """Sign with a new key, and publish no other; False, with nothing done, if that was less than a minute ago."""
        if self._clock.monotonic() - self._rotated_at < ROTATION_INTERVAL:
            return False
        self._rotated_at = self._clock.monotonic()
        await run_in_threadpool(self._opened.rotate_key)  # making a key takes a moment
        return True

    def revoke(self, access_token: str) -> None:
        """The API that it is for refuses this very access token from now on."""
        for bearer in (self._bearer, self._reports_bearer):
            bearer.revoke(access_token)

    def close(self) -> None:
        """Let go of the file, if it was opened."""
        if self._provider is not None:
            self._provider.close()


def demo_provider(settings: Settings, secret_key: str) -> DemoProvider:
    """The provider alone: the one client that it knows is this app."""
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
        name=settings.provider.name,
        sends_user=settings.oidc_response_mode == 'form_post',
    )
