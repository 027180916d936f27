"""The provider, once for all tests of a session, and apps that are its clients."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from app.clock import Clock
from app.oidc.http import TlsFiles, http_client
from app.oidc.metadata import Registration
from app.oidc.provider_client import ProviderClient
from tests.certificates import Authority
from tests.interop.deployments.demanding import KEYS, PLAIN, App, MakeApp, World, client_with_key
from tests.interop.form_browser import FormBrowser
from tests.interop.real_provider import HERE, client, told


@pytest.fixture(scope='session')
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The provider, once for all tests of a session."""
    authority = Authority(tmp_path_factory.mktemp('deployments'))
    keys = {kind: make() for kind, (_, make) in KEYS.items()}
    files = {kind: authority.certificate(kind, key) for kind, key in keys.items()}
    files |= {name: authority.certificate(name) for name in ('localhost', 'app', 'another')}
    clients = [client('secret'), *(client_with_key(kind, keys[kind]) for kind in KEYS)]
    tls = {'ca': authority.ca_file, 'cert': files['localhost'].cert_file, 'key': files['localhost'].key_file}
    argument = json.dumps({'clients': clients, 'tls': {name: str(path) for name, path in tls.items()}})
    with told(['node', str(HERE / 'providers' / 'deployments.mjs'), argument]) as variants:
        yield World(variants, authority, files)


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
