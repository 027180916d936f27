"""Nothing needs what only POSIX systems have, so that an app starts on Windows; tried where Windows is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.data_dir import LOCK_FILE, ServingLock
from tests.browser.server import ROOT

# All that is foreign is imported before it is taken away: it has a Windows edition of its own, we have not.
WITHOUT_POSIX = """
import asyncio, os, pkgutil, signal, sys, types
from importlib import import_module

def import_all():
    import app
    names = [module.name for module in pkgutil.walk_packages(app.__path__, 'app.')]
    for name in names:
        import_module(name)
    return names

import_all()
for name in [name for name in sys.modules if name.split('.')[0] == 'app']:
    del sys.modules[name]
for name in ('fcntl', 'grp', 'pty', 'pwd', 'resource', 'syslog', 'termios', 'tty', 'uvloop'):
    sys.modules[name] = None
for name in ('chown', 'fchmod', 'fchown', 'fork', 'forkpty', 'getegid', 'geteuid', 'getgid', 'getloadavg', 'getpgid',
             'getsid', 'getuid', 'killpg', 'lchown', 'mkfifo', 'nice', 'setgid', 'setpgid', 'setsid', 'setuid',
             'sysconf', 'uname', 'O_CLOEXEC', 'O_DIRECTORY', 'O_NOFOLLOW', 'O_NONBLOCK', 'O_SYNC'):
    delattr(os, name)
for name in ('SIGALRM', 'SIGCHLD', 'SIGCONT', 'SIGHUP', 'SIGKILL', 'SIGQUIT', 'SIGSTOP', 'SIGUSR1', 'SIGUSR2', 'alarm',
             'pause', 'setitimer', 'siginterrupt'):
    delattr(signal, name)
"""
IMPORTS = "print(len(import_all()), 'app.auth' in sys.modules, 'app.native.window' in sys.modules)"
STARTS = """
sys.modules['msvcrt'] = types.SimpleNamespace(LK_NBLCK=2, locking=lambda *_: print('locked'))
sys.platform = 'win32'
from fastapi import FastAPI
from app.auth import Auth
from app.settings import load

async def start():
    server = FastAPI()
    Auth(settings=load()).install(server)
    async with server.router.lifespan_context(server):
        print('started')

asyncio.run(start())
print(sorted(os.listdir('data')))
"""


def ran(code: str, folder: Path) -> list[str]:
    """What is printed by code that runs without what only POSIX has."""
    environment = {'PYTHONPATH': str(ROOT), 'DATA_DIR': 'data', 'HOME': str(folder)}
    command = [sys.executable, '-c', WITHOUT_POSIX + code]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, '')
    return done.stdout.splitlines()


def test_every_module_is_imported(tmp_path: Path) -> None:
    number, *others = ran(IMPORTS, tmp_path)[0].split()
    assert int(number) >= len([path for path in (ROOT / 'app').rglob('*.py') if path.parent != ROOT / 'app'])
    assert others == ['True', 'True']


def test_an_app_starts_and_serves_from_its_folder(tmp_path: Path) -> None:
    locked, started, files = ran(STARTS, tmp_path)
    assert (locked, started) == ('locked', 'started')
    assert LOCK_FILE in files
    assert 'secret.key' in files


@pytest.mark.parametrize(
    ('error', 'level'),
    [(None, []), (PermissionError(13, 'Permission denied'), ['WARNING']), (OSError(22, 'Invalid argument'), ['INFO'])],
)
def test_a_second_process_is_told_of_by_the_lock_that_windows_has(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    error: OSError | None,
    level: list[str],
) -> None:
    asked: list[tuple[int, int]] = []

    def locking(_: int, mode: int, length: int) -> None:
        asked.append((mode, length))
        if error:
            raise error

    caplog.set_level('INFO', 'app.data_dir')
    monkeypatch.setitem(sys.modules, 'msvcrt', SimpleNamespace(LK_NBLCK=2, locking=locking))
    monkeypatch.setitem(sys.modules, 'fcntl', None)
    monkeypatch.setattr('sys.platform', 'win32')
    lock = ServingLock(tmp_path)
    lock.take()
    lock.release()
    assert asked == [(2, 1)]
    assert [record.levelname for record in caplog.records] == level
