"""An app in a folder of its own, run by the Python that has the wheel."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.browser.server import AppServer, free_port
from tests.package.conftest import ROOT, Installation

EXAMPLES = ROOT / 'examples'
RUN_AT = Path(__file__).parent / 'run_at.py'
USUAL = re.compile(r'NiceGUI ready|INFO:|.*/health not found$|$')
# The trace of a static file that a browser no longer wants: Starlette's BaseHTTPMiddleware, which NiceGUI uses.
GONE = re.compile(r'ERROR: +Exception in ASGI app.*\n((?!ERROR:).*\n)*?RuntimeError: No response returned\.\n')
LIFETIME = 4  # seconds that a token lives


class InstalledApp(AppServer):
    """A file of the folder, started by `python file`, or as `file:app` by uvicorn with these arguments.

    `URL` in a setting is where it is.
    """

    def __init__(
        self, installed: Installation, folder: Path, file: str, uvicorn: tuple[str, ...] | None = None, **settings: str
    ) -> None:
        port = free_port()
        url = f'http://localhost:{port}'
        named = {name: value.replace('URL', url) for name, value in settings.items()}
        super().__init__(folder, port, STAY_SIGNED_IN_DEMO_TOKEN_LIFETIME=str(LIFETIME), **named)
        if uvicorn is None:
            command = [str(RUN_AT), str(folder / file), str(port)]
        else:
            command = ['-m', 'uvicorn', f'{Path(file).stem}:app', '--port', str(port), *uvicorn]
        self._command = [str(installed.python), *command]
        self._folder = folder
        self.port = port

    @property
    def complaints(self) -> list[str]:
        """What it has logged beyond what an app of NiceGUI's logs without us, too."""
        return [line for line in GONE.sub('', self.log()).splitlines() if not USUAL.match(line)]


@asynccontextmanager
async def running(
    installed: Installation, folder: Path, file: str, uvicorn: tuple[str, ...] | None = None, **settings: str
) -> AsyncIterator[InstalledApp]:
    """The example with this name, or the file that is in the folder already, for as long as the context lasts."""
    folder.mkdir(exist_ok=True)
    if not (folder / file).exists():
        shutil.copy(EXAMPLES / file, folder)
    app = InstalledApp(installed, folder, file, uvicorn, **settings)
    await app.start()
    try:
        yield app
    finally:
        await app.stop()
