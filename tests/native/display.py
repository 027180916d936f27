"""A display that nobody looks at (Xvfb, with openbox), and what a person does to a window on it (xdotool)."""

from __future__ import annotations

import asyncio
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PROGRAMS = ('Xvfb', 'openbox', 'xdotool')


class Display:
    """`name` is what DISPLAY has to be."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def shown(self, title: str) -> None:
        """Wait until there is such a window."""
        await self._on(title)

    async def size_of(self, title: str) -> tuple[int, int]:
        """The width and height of the window with this in its title, in pixels."""
        said = await self._on(title, 'getwindowgeometry', '--shell')
        values = dict(line.split('=') for line in said.splitlines())
        return int(values['WIDTH']), int(values['HEIGHT'])

    async def resize(self, title: str, width: int, height: int) -> None:
        await self._on(title, 'windowsize', '--sync', str(width), str(height))

    async def close(self, title: str) -> None:
        """As with the button in its corner."""
        await self._on(title, 'windowactivate', '--sync')
        await self._xdotool('key', 'alt+F4')

    async def _on(self, title: str, *arguments: str) -> str:
        return await self._xdotool('search', '--sync', '--onlyvisible', '--name', title, *arguments)

    async def _xdotool(self, *arguments: str) -> str:
        environment = {**os.environ, 'DISPLAY': self.name}
        process = await asyncio.create_subprocess_exec('xdotool', *arguments, env=environment, stdout=PIPE)
        said, _ = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == 0, arguments
        return said.decode()


@asynccontextmanager
async def virtual_display() -> AsyncIterator[Display]:
    """A display of 1280 by 900 pixels, with a number that is free, and with frames around its windows."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    assert not missing, f'not installed: {missing}; make test does that on Debian'
    reading, writing = os.pipe()
    arguments = ['-displayfd', str(writing), '-screen', '0', '1280x900x24', '-nolisten', 'tcp']
    server = await asyncio.create_subprocess_exec('Xvfb', *arguments, pass_fds=[writing], stderr=DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as number:
        said = await asyncio.to_thread(number.readline)  # it ends when the display is there, or the process gone
    assert said.strip(), 'Xvfb does not start'
    display = Display(f':{said.strip()}')
    environment = {**os.environ, 'DISPLAY': display.name}
    manager = await asyncio.create_subprocess_exec('openbox', env=environment, stdout=DEVNULL, stderr=DEVNULL)
    yield display
    for process in (manager, server):
        process.terminate()
        await process.wait()
