"""An app in a folder of its own, run by the Python that has the wheel."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType

from tests.browser.server import AppServer, free_port
from tests.package.conftest import ROOT, Installation

EXAMPLES = ROOT / 'examples'
RUN_AT = Path(__file__).parent / 'run_at.py'
USUAL = re.compile(r'NiceGUI ready|INFO:|WARNING: +WatchFiles detected|.*/health not found$|$')
# The trace of a static file that a browser no longer wants: Starlette's BaseHTTPMiddleware, which NiceGUI uses.
GONE = re.compile(r'ERROR: +Exception in ASGI app.*\n((?!ERROR:).*\n)*?RuntimeError: No response returned\.\n')
LIFETIME = 4  # seconds that a token lives


class InstalledApp(AppServer):
    """A file of the folder, started by `python file`, or by `uvicorn file:app --reload`.

    `URL` in a setting is where it is.
    """

    def __init__(
        self, installed: Installation, folder: Path, file: str, settings: Mapping[str, str], *, by_uvicorn: bool
    ) -> None:
        self.port = free_port()
        url = f'http://localhost:{self.port}'
        named = {name: value.replace('URL', url) for name, value in settings.items()}
        named['STAY_SIGNED_IN_DEMO_TOKEN_LIFETIME'] = str(LIFETIME)
        super().__init__(folder, self.port, RUN_AT, (), **named)
        command = [str(RUN_AT), str(folder / file), str(self.port)]
        if by_uvicorn:
            command = ['-m', 'uvicorn', f'{Path(file).stem}:app', '--port', str(self.port), '--reload']
        self._command = [str(installed.python), *command]
        self._folder = folder

    @property
    def complaints(self) -> list[str]:
        """What it has logged beyond what an app of NiceGUI's logs without us, too."""
        return [line for line in GONE.sub('', self.log()).splitlines() if not USUAL.match(line)]


@asynccontextmanager
async def running(
    installed: Installation,
    folder: Path,
    file: str,
    settings: Mapping[str, str] = MappingProxyType({}),
    *,
    by_uvicorn: bool = False,
) -> AsyncIterator[InstalledApp]:
    """The file in this folder, or the example with this name, which is put there; for as long as the context lasts."""
    put_there(folder, file)
    app = InstalledApp(installed, folder, file, settings, by_uvicorn=by_uvicorn)
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


def put_there(folder: Path, example: str) -> None:
    """Copy the example, unless the folder has a file with this name."""
    if not (folder / example).exists():
        shutil.copy(EXAMPLES / example, folder)
