"""The hooks of the app in the test, which it calls, and what they saw."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from app import Auth, Person

auth: Auth
login: Callable[[Person], Any]
told: list[tuple[str, ...]] = []
changed = asyncio.Event()


def begin(made: Auth) -> None:
    """This app is in use now; its hooks only note who it was."""
    global auth, login
    auth, login = made, lambda _: None
    told.clear()
    changed.clear()


def tell(*words: str) -> None:
    told.append(words)
    changed.set()


async def until(*words: str) -> None:
    """Wait until this was told."""
    while words not in told:
        changed.clear()
        await changed.wait()
