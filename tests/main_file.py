"""What `main.py` imports of this app, which has to be imported anew with each app in a test process."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

MAIN = Path(__file__).parent.parent / 'main.py'


def fresh_main(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The main file; its pages, which have the `Auth` of the app before this one, are forgotten during the test."""
    for name in [name for name in sys.modules if name.split('.')[0] == 'pages']:
        monkeypatch.delitem(sys.modules, name)
    return MAIN
