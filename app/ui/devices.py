"""Your devices: where else a person is signed in, and a button that ends it there."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from nicegui import background_tasks, ui

from ..app_context import AppContext
from ..devices.device_name import APP_WINDOW
from ..devices.devices import Device, devices_of, end_device, end_other_devices
from ..errors import AuthError, StoreFailed
from ..sessions.session import Session
from .notices.texts import texts
from .page_context import PageContext

log = logging.getLogger(__name__)
T = TypeVar('T')

REFRESH = 60.0  # seconds; a sign-in elsewhere is no change of this session
MOST_SHOWN = 20  # sessions whose cookie is gone are kept for 400 days, and nobody reads that many lines
UNITS = ((86_400, 'ago_days'), (3600, 'ago_hours'), (60, 'ago_minutes'))


@dataclass(frozen=True, slots=True)
class Line:
    """What is shown of one device."""

    reference: str
    icon: str
    name: str
    texts: tuple[str, ...]
    is_this: bool


def devices(context: PageContext) -> DeviceList:
    """A list of the devices of whoever is signed in on this page, in the look of the page that it is put into."""
    return DeviceList(context)


class DeviceList(ui.column):
    """Follows the session and what is done here at once, and what is done elsewhere within a minute.

    Its buttons name no session to the browser, and end none but those of the person who is signed in on this page. They
    have the color of the text around them, since NiceGUI's own blue is too pale to be read by everybody.
    """

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._shown: tuple[Line, ...] | None = None
        self.classes('w-full gap-2').props(f'data-testid=devices lang={texts.present_language}')
        with self:
            self._place = ui.column().classes('w-full gap-2')
            context.on_change(self._refresh_soon)
            ui.timer(REFRESH, self.refresh, immediate=False)

    async def refresh(self) -> None:
        """Show what is so now. If nobody can say, what was shown stays."""
        context, session = self._context, self._context.session
        try:
            found = await devices_of(context.app, session) if session else []
        except StoreFailed:
            log.exception('the devices of a person could not be looked up')
            return
        if self.is_deleted:
            return
        with self:  # a task has no page by itself, and so no language
            lines = tuple(line(device, context.app.clock.now()) for device in found)
        if lines != self._shown:
            self._shown = lines
            self._draw(lines)

    def _refresh_soon(self) -> None:
        background_tasks.create(self.refresh(), name='devices')

    def _draw(self, lines: tuple[Line, ...]) -> None:
        self._place.clear()
        with self._place:
            if lines:
                with ui.list().props('bordered separator').classes('w-full rounded-borders'):
                    for each in lines[:MOST_SHOWN]:
                        self._draw_line(each)
            if len(lines) > MOST_SHOWN:
                ui.label(texts.say('devices_more', count=len(lines) - MOST_SHOWN))
            if len(lines) > 1:
                button = ui.button(texts['device_end_others'], on_click=self._end_others, color=None)
                button.props('outline no-caps data-testid=devices-end-others')

    def _draw_line(self, shown: Line) -> None:
        with ui.item().props('data-testid=device'):
            with ui.item_section().props('side'):
                ui.icon(shown.icon).props('aria-hidden=true')
            with ui.item_section():
                ui.item_label(shown.name)
                for text in shown.texts:
                    ui.item_label(text).props('caption')
            with ui.item_section().props('side'):
                if shown.is_this:
                    ui.item_label(texts['device_this']).props('caption data-testid=device-this')
                else:
                    button = ui.button(texts['device_end'], on_click=partial(self._end, shown), color=None)
                    button.props('outline no-caps').classes('q-px-sm')
                    button.props['aria-label'] = texts.say('device_end_name', name=shown.name)
                    button.props('data-testid=device-end')

    async def _end(self, shown: Line) -> None:
        is_ended = await self._ask(partial(end_device, reference=shown.reference))
        if is_ended is not None:
            self._say(texts.say('device_ended' if is_ended else 'device_ended_already', name=shown.name))

    async def _end_others(self) -> None:
        count = await self._ask(end_other_devices)
        if count is not None:
            self._say(texts.count('devices_ended', count))

    async def _ask(self, step: Callable[[AppContext, Session], Awaitable[T]]) -> T | None:
        """What the step brings in the name of who is signed in on this page; None if it says why it can't be done."""
        session = self._context.session
        if session is None:
            return None
        try:
            outcome = await step(self._context.app, session)
        except AuthError as error:
            self._say(f'{texts.title(error)}. {texts.advice(error)}', is_bad=True)
            return None
        await self.refresh()
        return outcome

    def _say(self, text: str, *, is_bad: bool = False) -> None:
        if not self.is_deleted:
            with self:
                ui.notify(text, type='negative' if is_bad else None)


def line(device: Device, now: float) -> Line:
    """What is shown of this device at this moment."""
    is_phone = device.name.endswith(('Android', 'iPhone', 'iPad'))
    is_here = device.is_open or device.is_this  # whose page is perhaps about to connect
    active = texts['device_active_now'] if is_here else texts.say('device_active', ago=ago(now - device.active_at))
    return Line(
        device.reference,
        'smartphone' if is_phone else 'computer',
        said_name(device.name),
        (active, texts.say('device_logged_in', ago=ago(now - device.signed_in_at))),
        device.is_this,
    )


def said_name(name: str) -> str:
    """What the device is called, whose name is as `device_name` has it: `Firefox on Android`."""
    browser, on, system = name.partition(' on ')
    browser = texts['app_window'] if browser == APP_WINDOW else browser
    return texts.say('device_on', browser=browser, system=system) if on else browser or texts['device_unknown']


def ago(seconds: float) -> str:
    """How long ago that is, as `3 hours ago`; what is less than a minute, or was still to come, is `just now`."""
    for size, unit in UNITS:
        if seconds >= size:
            return texts.count(unit, int(seconds // size))
    return texts['ago_now']
