"""One browser tab of a session: its silent frame, and its timer."""

from __future__ import annotations

from contextlib import suppress

from nicegui import background_tasks, ui

from ..clock import Clock
from ..errors import AppError
from ..renewal.clock_jumps import ClockJumpDetector
from ..renewal.live_session import LiveSession
from ..renewal.registry import SessionRegistry
from ..sessions.session import Session
from .silent_frame import SilentFrame
from .timer import RenewalTimer


class Tab:
    """Follows a live session from when the client connects until it is deleted. Make it while building a page.

    `seconds` is how long the provider may take in the silent frame.
    """

    def __init__(
        self,
        session: Session,
        *,
        seconds: float,
        registry: SessionRegistry,
        clock: Clock,
        jumps: ClockJumpDetector,
    ) -> None:
        self.id: str | None = None
        self.opened_at = clock.now()
        self._client = ui.context.client
        self._renewers = registry
        self.live_session: LiveSession = registry.open(session, self)
        self._was_connected = False
        self._frame = SilentFrame(seconds, on_awake=self._come_back, on_active=self.live_session.touch)
        self._timer = RenewalTimer(clock, self._renew)
        self._limit_timer = RenewalTimer(clock, self._check_limits)
        self.live_session.frames.add(self._frame)
        self.live_session.changed.subscribe(self._follow)
        jumps.jumped.subscribe(self._timer.recheck)
        jumps.jumped.subscribe(self._limit_timer.recheck)
        self._client.on_connect(self._connected)
        self._client.on_disconnect(self.live_session.changed.emit)
        self._client.sub_pages_router.on_path_changed(lambda _: self.live_session.changed.emit())
        self._client.on_delete(self._close)

    @property
    def path(self) -> str:
        """The page that it shows."""
        return self._client.sub_pages_router.current_path

    @property
    def is_connected(self) -> bool:
        """Whether its browser can be reached right now."""
        return self._client.has_socket_connection

    async def renew(self) -> Session:
        """Renew now; raises the `AppError` that it failed with."""
        return await self.live_session.renew()

    def _connected(self) -> None:
        self._was_connected = True
        self.id = self._client.tab_id  # which NiceGUI forgets while it is offline
        self.live_session.changed.emit()
        self._come_back()

    def _come_back(self) -> None:
        """The page, the network or the person is back: what waited for that is tried now."""
        if self.live_session.is_waiting():
            background_tasks.create(self._renew(), name='renewal on return')

    def _follow(self) -> None:
        """Set the timer to where the live_session is; a client that never connects is no person, but a crawler."""
        if self._was_connected:
            self._timer.set(self.live_session.next_attempt)
            self._limit_timer.set(self.live_session.limit_check_at)

    async def _renew(self) -> None:
        with suppress(AppError):  # the live_session has noted it, and planned what comes next
            await self.renew()

    async def _check_limits(self) -> None:
        await self.live_session.check_limits()
        self._follow()

    def _close(self) -> None:
        self._timer.cancel()
        self._limit_timer.cancel()
        self.live_session.frames.remove(self._frame)
        self._renewers.leave(self.live_session, self)
