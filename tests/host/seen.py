"""What a host's app has seen, for the test that runs it to look at."""

from __future__ import annotations

import asyncio

names: dict[str, str | None] = {}
changed = asyncio.Event()


def note(place: str, name: str | None) -> None:
    """In this place, this is who was signed in."""
    names[place] = name
    changed.set()


async def everywhere(*places: str) -> dict[str, str | None]:
    """Wait until something was noted in all of them."""
    while not set(places) <= names.keys():
        changed.clear()
        await changed.wait()
    return {place: names[place] for place in places}
