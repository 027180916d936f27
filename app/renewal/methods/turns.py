"""One renewal of a session at a time, whatever it is to bring: they share its refresh token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from ...sessions.session import Session
from ...sessions.store import SessionStore
from .notes import written
from .record import Record

ANSWER_AWAITED = 5.0  # seconds that the end of the process waits for the answer to a refresh token


class Turns:
    """Lets the renewals of one session go one after the other; the next one begins with what could not be written."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self._lock = asyncio.Lock()
        self._unfinished: Record | None = None
        self._sending: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def turn(self, session: Callable[[], Session]) -> AsyncIterator[Record]:
        """What this renewal works with, of the session as it is when its turn has come."""
        async with self._lock:
            record = self._begun(session())
            try:
                yield record
            finally:
                task = asyncio.current_task()
                is_dropped = task is not None and task.cancelling() > 0
                self._unfinished = record if record.unwritten and not is_dropped else None
                self._leave(record)

    async def close(self) -> None:
        """The process ends: what was sent is answered, and what can be written is."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=ANSWER_AWAITED)
        if self._unfinished is not None:
            await written(self._unfinished.catch_up())

    def _begun(self, session: Session) -> Record:
        before, self._unfinished = self._unfinished, None
        unwritten = before.unwritten if before and before.session.id == session.id else None
        return Record(session, self._store, unwritten)

    def _leave(self, record: Record) -> None:
        """A refresh token that was sent is answered all the same, and the answer is kept."""
        if (sending := record.sending) is not None and not sending.done():
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)
            sending.add_done_callback(lambda task: task.cancelled() or task.exception())
