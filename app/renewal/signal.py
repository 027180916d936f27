"""Telling whoever listens that something has changed."""

from __future__ import annotations

import logging
from collections.abc import Callable

log = logging.getLogger(__name__)
Listener = Callable[[], None]


class Signal:
    """Calls its listeners, in the order in which they came, until they go."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """Call this one from now on."""
        self._listeners.append(listener)

    def unsubscribe(self, listener: Listener) -> None:
        """Call it no more; nothing happens if it did not listen."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def emit(self) -> None:
        """Call them all; what one of them does wrong is logged, since the others have to hear of it all the same."""
        for listener in tuple(self._listeners):
            try:
                listener()
            except Exception:  # a page's mistake must not keep a session from being renewed, or ended, elsewhere
                log.exception('a listener failed')
