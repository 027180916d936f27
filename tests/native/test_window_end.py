"""The window ends with the app, whatever happened to that and however early: nothing of it stays behind."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.browser.server import MAIN, AppServer, free_port
from tests.native.display import Display
from tests.native.processes import processes_of_session
from tests.native.window import TITLE, environment

pytestmark = pytest.mark.window

LIMIT = 10.0  # seconds; on a machine that does nothing else it takes less than one

Moment = Callable[[AppServer, Display], Awaitable[None]]


async def its_process_exists(app: AppServer, display: Display) -> None:
    await _runs(app, 'spawn_main')


async def the_app_answers(app: AppServer, display: Display) -> None:
    await app.answers()


async def its_engine_starts(app: AppServer, display: Display) -> None:
    await _runs(app, 'QtWebEngineProcess')


async def it_is_shown(app: AppServer, display: Display) -> None:
    await display.shown(TITLE)


async def _runs(app: AppServer, name: str) -> None:
    while not any(name in process.command for process in processes_of_session(app.pid)):  # noqa: ASYNC110 - no event
        await asyncio.sleep(0.01)  # not for time to pass, but for it to be there


@pytest.mark.parametrize(
    ('number', 'moment'),
    [
        pytest.param(signal.SIGTERM, its_process_exists, id='told to end when the process of the window exists'),
        pytest.param(signal.SIGTERM, the_app_answers, id='told to end when the app answers'),
        pytest.param(signal.SIGTERM, its_engine_starts, id='told to end when the engine of the window starts'),
        pytest.param(signal.SIGKILL, it_is_shown, id='killed when the window is shown'),
    ],
)
async def test_no_process_outlives_the_app(
    tmp_path: Path, display: Display, number: signal.Signals, moment: Moment
) -> None:
    app = AppServer(tmp_path, free_port(), MAIN, ['--native'], **environment(display, free_port()))
    await app.launch()
    session = app.pid
    try:
        async with asyncio.timeout(30):
            await moment(app, display)
        await app.end(number)
        async with asyncio.timeout(LIMIT):
            while processes_of_session(session):  # noqa: ASYNC110 - processes that are nobody's children any more
                await asyncio.sleep(0.05)  # not for time to pass, but for them to end
    finally:
        await app.kill()
        for process in processes_of_session(session):
            process.kill()
