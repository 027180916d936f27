"""The real nginx, which apps are behind, each below a path; `python -m tests.browser.nginx` says if there is none."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.server import LEASH, START_LIMIT

NGINX = shutil.which('nginx', path='/usr/sbin:/usr/local/sbin:/opt/homebrew/bin:/usr/bin:/usr/local/bin')
ADVICE = 'The tests of the app below a path need nginx: install it (Debian: apt-get install nginx).'
SCRATCH = ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi')
CONFIGURATION = """
daemon off;
master_process off;
pid nginx.pid;
error_log stderr warn;
events {{ }}
http {{
  access_log off;
  {scratch}
  map $http_upgrade $connection_header {{ default upgrade; '' close; }}
  server {{
    listen 127.0.0.1:{port};
    {locations}
  }}
}}
"""
LOCATION = """
    location {path}/ {{
      proxy_pass http://127.0.0.1:{port}{slash};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_header;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;{more}
    }}
"""


@dataclass(frozen=True)
class Location:
    """Requests below `path` go to the app at `port`; `strips`: without that path; `tells`: in a header it says so."""

    path: str
    port: int
    strips: bool
    tells: bool = False

    def __str__(self) -> str:
        more = f'\n      proxy_set_header X-Forwarded-Prefix {self.path};' if self.tells else ''
        return LOCATION.format(path=self.path, port=self.port, slash='/' if self.strips else '', more=more)


@asynccontextmanager
async def nginx(folder: Path, port: int, locations: Iterable[Location]) -> AsyncIterator[None]:
    """It listens on loopback at this port, and has its files in this folder, for as long as the context lasts."""
    assert NGINX, ADVICE
    scratch = ' '.join(f'{name}_temp_path {folder / name};' for name in SCRATCH)
    text = CONFIGURATION.format(port=port, scratch=scratch, locations=''.join(map(str, locations)))
    (folder / 'nginx.conf').write_text(text)
    process = await asyncio.create_subprocess_exec(*LEASH, NGINX, '-p', str(folder), '-c', 'nginx.conf', '-e', 'stderr')
    try:
        async with asyncio.timeout(START_LIMIT):
            while not await _listens(port):
                assert process.returncode is None, text
                await asyncio.sleep(0.02)  # not for time to pass, but for the process to listen
        yield
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection('127.0.0.1', port)
    except OSError:
        return False
    writer.close()
    return True


if __name__ == '__main__':
    sys.exit(None if NGINX else ADVICE)
