"""How large the window is, from one start to the next."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

log = logging.getLogger(__name__)

SMALLEST, LARGEST = 320, 8192  # pixels, either way


@dataclass(frozen=True, slots=True)
class WindowSize:
    """In the pixels of the screen, whatever its scale."""

    width: int = 1260
    height: int = 760

    def save(self, path: Path) -> None:
        """Write it down; a file that cannot be written is worth a line in the log, and nothing more."""
        try:
            path.write_text(json.dumps(asdict(self)))
        except OSError as error:
            log.warning('the size of the window is not remembered: %s', error)


def sized(width: object, height: object) -> WindowSize:
    """The size; the usual one if these are no numbers of pixels that a window may have."""
    if (
        isinstance(width, int)
        and isinstance(height, int)
        and SMALLEST <= min(width, height) <= max(width, height) <= LARGEST
    ):
        return WindowSize(width, height)
    return WindowSize()


def remembered(path: Path) -> WindowSize:
    """The size that was saved there; the usual one if none was, or the file is damaged."""
    try:
        saved = json.loads(path.read_text())
    except (OSError, ValueError):
        return WindowSize()
    return sized(saved.get('width'), saved.get('height')) if isinstance(saved, dict) else WindowSize()
