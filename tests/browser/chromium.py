"""The Chromium that the browser tests drive; `python -m tests.browser.chromium` says if there is none."""

from __future__ import annotations

import os
import shutil
import sys

# The shell first: it is the same browser without what only a desktop needs, and takes a third less of the machine.
NAMES = (
    'chromium-headless-shell',
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'chrome',
    'microsoft-edge',
)
PLACES = ('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/snap/bin/chromium')
ADVICE = (
    'The browser tests need Chromium: install it (Debian: apt-get install chromium-headless-shell), '
    'or set CHROMIUM to its path.'
)


def find() -> str | None:
    """The path of a Chromium, or None."""
    if chosen := os.environ.get('CHROMIUM'):
        return chosen if os.access(chosen, os.X_OK) else None
    found = (shutil.which(name) for name in (*NAMES, *PLACES))
    return next((path for path in found if path), None)


if __name__ == '__main__':
    sys.exit(None if find() else ADVICE)
