"""A browser tab of a session: its silent frame, and its timer."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from ..clock import Clock
from ..renewal.clock_jumps import ClockJumpDetector
from ..renewal.events import Returned, Touched
from ..renewal.live_session import LiveSession
from ..renewal.registry import SessionRegistry
from ..sessions.session import Session
from .silent_frame import SilentFrame
from .timer import RenewalTimer


class Tab:
    """Follows a live session from when the client connects until it is deleted.

    `seconds` is how long the provider may take in the silent frame. `path` is the page that it shows, `is_connected`
    whether its browser can be reached right now.
    """

    def __init__(
        self, session: Session, *, seconds: float, registry: SessionRegistry, clock: Clock, jumps: ClockJumpDetector
    ) -> None:
        self.id: str | None = None
        self.opened_at = clock.now()
        self._client = ui.context.client
        self._registry = registry
        self._jumps = jumps
        self._was_connected = False
        self.live_session: LiveSession = registry.open(session, self)
        self._frame = SilentFrame(seconds, on_awake=self._come_back, on_active=self._activity())
        self._timer = RenewalTimer(clock, self._wake)
        self.live_session.user_agents.add(self._frame)
        self.live_session.changed.subscribe(self._set_timer)
        jumps.jumped.subscribe(self._timer.recheck)
        self._client.on_connect(self._connected)
        self._client.on_disconnect(self.live_session.tabs_changed.emit)
        self._client.sub_pages_router.on_path_changed(lambda _: self.live_session.tabs_changed.emit())
        self._client.on_delete(self._close)
        if self.is_connected:  # a visitor's page, in whose browser somebody has signed in
            self._connected()

    @property
    def path(self) -> str:
        return self._client.sub_pages_router.current_path

    @property
    def is_connected(self) -> bool:
        return self._client.has_socket_connection

    def _connected(self) -> None:
        self._was_connected = True
        self.id = self._client.tab_id  # which NiceGUI forgets while it is offline
        self.live_session.tabs_changed.emit()
        self._come_back()
        self._set_timer()

    def _activity(self) -> Callable[[], object] | None:
        """What to do when the person does something; nothing where no idle limit counts it."""
        live = self.live_session
        return (lambda: live.send(Touched())) if live.state.rules.limits.idle else None

    def _come_back(self) -> None:
        self.live_session.send(Returned())

    def _set_timer(self) -> None:
        """Set the timer to where the session is; a client that never connects is no person, but a crawler."""
        if self._was_connected:
            self._timer.set(self.live_session.wakes_at)

    async def _wake(self) -> None:
        await self.live_session.wake()
        self._set_timer()  # also where nothing has changed

    def _close(self) -> None:
        self._timer.cancel()
        self._jumps.jumped.unsubscribe(self._timer.recheck)
        self.live_session.changed.unsubscribe(self._set_timer)
        self.live_session.user_agents.remove(self._frame)
        self._registry.leave(self.live_session, self)
