"""Certified `oidc-provider`, started for one app of a test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.interop.real_provider import COMMANDS, SECRET

CLIENT_ID = 'the-app'
WIRED = {'OIDC_WORK_CLIENT_ID': CLIENT_ID, 'OIDC_WORK_CLIENT_SECRET': SECRET, 'OIDC_WORK_LABEL': 'Example Works'}


@asynccontextmanager
async def oidc_provider(app_url: str, name: str) -> AsyncIterator[str]:
    """Its issuer, while it runs; it knows the app at this address, which calls it by this name."""
    client = {
        'client_id': CLIENT_ID,
        'client_secret': SECRET,
        'redirect_uris': [f'{app_url}/callback/{name}', f'{app_url}/silent/{name}'],
        'post_logout_redirect_uris': [f'{app_url}/'],
        'grant_types': ['authorization_code', 'refresh_token'],
    }
    process = await asyncio.create_subprocess_exec(
        *COMMANDS['oidc-provider'],
        json.dumps([client]),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout
    try:
        yield json.loads(await process.stdout.readline())['healthy']
    finally:
        process.kill()
        await process.wait()
