"""What is open while the server serves, and how a start that fails ends the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import SettingsError


def open_while_serving(app: FastAPI, opened: Callable[[], AbstractAsyncContextManager[None]]) -> None:
    """Enter `opened` before the app starts, and leave it after the app has ended; once.

    What it raises stops the start: NiceGUI logs and forgets what its own start-up handlers raise.
    """
    lifespan_context = app.router.lifespan_context
    inner = getattr(lifespan_context, 'inner', lifespan_context)  # one that is installed anew takes the place

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
        app.router.lifespan_context = inner  # NiceGUI has one app in a process, and tests start it many times
        async with opened(), inner(app) as state:
            yield state

    lifespan.inner = inner  # type: ignore[attr-defined]  # functions take attributes, which mypy does not know
    app.router.lifespan_context = lifespan
    app.add_middleware(EndInOneLine)


class EndInOneLine:
    """Ends the process with exit status 1 and one line where a setting stops the start; the server would print a trace.

    A server catches whatever an app raises then, even `SystemExit`, so that it has to come from the event loop.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'lifespan':
            await self._app(scope, receive, send)
            return
        held_back: list[Message] = []  # until it is known what failed

        async def hold_back(message: Message) -> None:
            if message['type'] == 'lifespan.startup.failed':
                held_back.append(message)
            else:
                await send(message)

        try:
            await self._app(scope, receive, hold_back)
        except SettingsError as error:
            asyncio.get_running_loop().call_soon(_end, str(error))
        except BaseException:
            for message in held_back:
                await send(message)
            raise


async def or_end(start: Callable[[], Awaitable[None]]) -> None:
    """Do what is done at the start; where a setting stops that, end the process as above."""
    try:
        await start()
    except SettingsError as error:
        asyncio.get_running_loop().call_soon(_end, str(error))


def _end(line: str) -> None:
    raise SystemExit(line)
