"""A store in a file, that can be opened again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from app.sessions.sqlite import SqliteSessionStore

SECRET_KEY = 'k' * 40
Open = Callable[..., Awaitable[SqliteSessionStore]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'data' / 'sessions.sqlite3'


@pytest.fixture
async def open_store(path: Path) -> AsyncIterator[Open]:
    """Opens the file; a second time as another process would."""
    opened: list[SqliteSessionStore] = []

    async def open_store(secret_key: str = SECRET_KEY) -> SqliteSessionStore:
        opened.append(SqliteSessionStore(path, lambda: secret_key))
        await opened[-1].open()
        return opened[-1]

    yield open_store
    for store in opened:
        await store.close()


@pytest.fixture
async def store(open_store: Open) -> SqliteSessionStore:
    return await open_store()
