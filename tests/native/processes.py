"""What runs on this machine, as Linux tells it."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """`command` is its command line, with spaces between the words."""

    pid: int
    command: str

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


def processes_of_session(session: int) -> list[Process]:
    """All that run in the session that this process began (`setsid`), also when their parents are gone."""
    found = [Process(pid, command) for pid in _pids() if _session_of(pid) == session and (command := _command_of(pid))]
    return sorted(found, key=lambda process: process.pid)


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path('/proc').iterdir() if entry.name.isdigit()]


def _session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:  # it has ended since
        return None


def _command_of(pid: int) -> str:
    """The command line; nothing for a process that has ended."""
    try:
        return Path(f'/proc/{pid}/cmdline').read_bytes().replace(b'\0', b' ').decode(errors='replace').strip()
    except (FileNotFoundError, ProcessLookupError):
        return ''
