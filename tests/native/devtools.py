"""The developer tools of the window's engine, as Playwright takes them.

Qt's engine speaks Chromium's protocol, but knows no downloads that a tool could direct, which is what Playwright asks
for first; so that question is answered here, and everything else passed on.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

NOT_KNOWN = 'Browser.setDownloadBehavior'
START_LIMIT = 60.0  # seconds


@asynccontextmanager
async def devtools(port: int) -> AsyncIterator[str]:
    """The address for `connect_over_cdp`, of the engine whose developer tools are at this port."""
    engine_url = await _address(port)

    async def relay(playwright: ServerConnection) -> None:
        async with connect(engine_url, max_size=None) as engine:
            await asyncio.gather(_ask(playwright, engine), _answer(playwright, engine))

    async with serve(relay, '127.0.0.1', 0, max_size=None) as server:
        yield f'ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}'


async def _ask(playwright: ServerConnection, engine: ClientConnection) -> None:
    with suppress(ConnectionClosed):  # the window or the test has ended
        async for message in playwright:
            asked = json.loads(message)
            if asked['method'] == NOT_KNOWN:
                await playwright.send(json.dumps({'id': asked['id'], 'result': {}}))
            else:
                await engine.send(message)
    await engine.close()


async def _answer(playwright: ServerConnection, engine: ClientConnection) -> None:
    with suppress(ConnectionClosed):  # the window or the test has ended
        async for message in engine:
            await playwright.send(message)
    await playwright.close()


async def _address(port: int) -> str:
    async with asyncio.timeout(START_LIMIT), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                found = (await client.get(f'http://127.0.0.1:{port}/json/version')).json()
            except httpx.TransportError:
                await asyncio.sleep(0.05)  # not for time to pass, but for the window to be there
            else:
                return str(found['webSocketDebuggerUrl'])
