"""A browser tab of a session, as the other tabs see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class OpenTab(Protocol):
    """`opened_at` in seconds since the epoch; `path` is the page that it shows, `is_connected` false while offline.

    `id` is the browser's own for it, which a reload does not change; None until it has connected once.
    """

    id: str | None
    opened_at: float

    @property
    def path(self) -> str: ...

    @property
    def is_connected(self) -> bool: ...


def present(tabs: Sequence[OpenTab]) -> list[OpenTab]:
    """The tabs as a person sees them: one that was loaded anew counts once, as what it is now."""
    latest = {tab.id: tab for tab in tabs if tab.id is not None}
    return [tab for tab in tabs if tab.id is not None and latest[tab.id] is tab]
