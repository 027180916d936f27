"""One browser tab of a session: its silent frame, and its timer."""

from __future__ import annotations

from contextlib import suppress

from nicegui import ui

from app.clock import Clock
from app.errors import AppError
from app.renewal.renewer import Renewer
from app.renewal.renewers import Renewers
from app.renewal.silent_frame import SilentFrame
from app.renewal.timer import RenewalTimer
from app.sessions.session import Session


class Tab:
    """Follows a session's renewer from when the client connects until it is deleted. Make it while building a page."""

    def __init__(self, session: Session, frame: SilentFrame, renewers: Renewers, clock: Clock) -> None:
        self.renewer: Renewer = renewers.open(session)
        self._client = ui.context.client
        self._frame = frame
        self._clock = clock
        self._timer = RenewalTimer(clock, self._renew_if_due)
        self.renewer.changed.subscribe(self._follow)
        self._client.on_connect(self._follow)
        self._client.on_delete(self._timer.cancel)
        self._client.on_delete(lambda: renewers.close(self.renewer))

    async def renew(self) -> Session:
        """Renew now; raises the `AppError` that it failed with."""
        return await self.renewer.renew(self._frame)

    def _follow(self) -> None:
        """Set the timer to where the renewer is; without a connection there is nothing that it could do."""
        self._timer.set(self.renewer.next_attempt if self._client.has_socket_connection else None)

    async def _renew_if_due(self) -> None:
        moment = self.renewer.next_attempt
        if moment is None or not self._client.has_socket_connection:
            return
        if moment > self._clock.now():  # another tab was faster
            self._follow()
            return
        with suppress(AppError):  # the renewer has noted it, and planned what comes next
            await self.renew()
