"""An app with the demo provider in a process of its own, for a round in a real browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

START_LIMIT = 60.0  # seconds
STOP_LIMIT = 10.0
OF_THE_TEST = ('PYTEST_', 'NICEGUI_')  # by which NiceGUI would take the app for a test, too
PACKAGE = __package__.removesuffix('.testing')
PLACE = str(Path(__file__).parents[2])  # the folder that has the package


@contextmanager
def serve_demo(main_file: str | Path) -> Iterator[str]:
    """The URL of the app that this file starts, as `python main_file` would, at a free port of this machine.

    The demo provider signs people in there, whatever is configured; files are kept in a temporary folder. `ui.run` and
    `uvicorn.run` are told where to listen. The process ends with the `with`, and by itself if this one dies. Raises
    `RuntimeError` with what the app has printed if it does not start.
    """
    file, port = Path(main_file).resolve(strict=True), _free_port()
    with TemporaryDirectory(prefix='stay-signed-in-') as folder:
        log = Path(folder) / 'log.txt'
        process = _start(file, port, Path(folder) / 'data', log)
        try:
            _wait(process, port, log)
            yield f'http://localhost:{port}'
        finally:
            _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port: int = probe.getsockname()[1]
        return port


def _start(file: Path, port: int, data_dir: Path, log: Path) -> subprocess.Popen[bytes]:
    """The app, which ends when the pipe to it does."""
    code = f'import sys; sys.path.append({PLACE!r}); from {PACKAGE}.testing.served_app import main; main()'
    with log.open('wb') as output:
        return subprocess.Popen(  # noqa: S603 - it is the app under test
            [sys.executable, '-c', code, str(file), str(port), str(data_dir)],
            cwd=file.parent,
            env={name: value for name, value in os.environ.items() if not name.startswith(OF_THE_TEST)},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
        )


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until it listens."""
    end = time.monotonic() + START_LIMIT
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(('127.0.0.1', port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f'the app does not start:\n{log.read_text(encoding="utf-8", errors="replace")}')


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None  # noqa: S101 - it was made with one
    process.stdin.close()
    process.terminate()
    try:
        process.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
