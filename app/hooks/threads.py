"""Threads for functions that may block: for ever, if they are as bad as that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from threading import Thread
from typing import Any

MOST = 32  # at once; whoever comes then waits for one of them


class Threads:
    """Each call has one of its own, and those that hang hold up neither what else needs a thread nor the process' end.

    The pools of asyncio and `concurrent.futures` would: they are shared, and waited for.
    """

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(MOST)

    async def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function gives, or raises. If nobody waits any more it goes on all the same, and counts."""
        await self._free.acquire()
        loop, context = asyncio.get_running_loop(), copy_context()
        answer: asyncio.Future[Any] = loop.create_future()

        def settle(outcome: Any, error: BaseException | None) -> None:
            self._free.release()
            if answer.done():
                return
            if error is None:
                answer.set_result(outcome)
            else:
                answer.set_exception(error)

        def run() -> None:
            outcome, error = None, None
            try:
                outcome = context.run(function, *arguments)
            except Exception as raised:
                error = raised if not isinstance(raised, StopIteration) else RuntimeError('StopIteration')
            except BaseException as raised:  # it ends its thread, and nothing else
                error = RuntimeError(f'{type(raised).__name__}')
            try:
                loop.call_soon_threadsafe(settle, outcome, error)
            except RuntimeError:  # the loop has ended meanwhile, and nobody waits
                return

        Thread(target=run, name='hook', daemon=True).start()
        return await answer
