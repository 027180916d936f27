"""The real nginx, as a proxy that several apps are behind, each below a path of its own."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.server import LEASH, START_LIMIT

NGINX = shutil.which('nginx', path='/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin')
ADVICE = 'these tests take nginx: apt-get install nginx-light'
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
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_header;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    {locations}
  }}
}}
"""


@dataclass(frozen=True)
class Location:
    """Requests below `path` go to the app at `port`; `strips` is whether without that path."""

    path: str
    port: int
    strips: bool

    def __str__(self) -> str:
        slash, prefix = ('/', f'proxy_set_header X-Forwarded-Prefix {self.path};') if self.strips else ('', '')
        # What a location sets is in the place of what the server sets, but for what is included from there.
        return (
            f'location {self.path}/ {{ proxy_pass http://127.0.0.1:{self.port}{slash}; {prefix and INCLUDED}{prefix} }}'
        )


INCLUDED = ' '.join(line.strip() for line in CONFIGURATION.splitlines() if 'proxy_set_header' in line) + ' '


@asynccontextmanager
async def nginx(folder: Path, port: int, locations: Iterable[Location]) -> AsyncIterator[None]:
    """It listens on loopback at this port, and has its files in this folder, for as long as the context lasts."""
    assert NGINX, ADVICE
    scratch = ' '.join(f'{name}_temp_path {folder / name};' for name in SCRATCH)
    text = CONFIGURATION.format(port=port, scratch=scratch, locations='\n'.join(map(str, locations)))
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
