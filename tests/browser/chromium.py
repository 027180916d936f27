"""The Chromium that the browser tests drive: one that is there, else Debian's package.

`python -m tests.browser.chromium` installs it where that is needed and possible.
"""

from __future__ import annotations

import os
import shutil
import sys

from app.native.debian import install

NAMES = ('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge')
PLACES = ('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/snap/bin/chromium')
ADVICE = 'The browser tests need Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM to its path.'


def find() -> str | None:
    """The path of a Chromium, or None."""
    if chosen := os.environ.get('CHROMIUM'):
        return chosen if os.access(chosen, os.X_OK) else None
    found = (shutil.which(name) for name in (*NAMES, *PLACES))
    return next((path for path in found if path), None)


if __name__ == '__main__':
    if find() is None:
        install(['chromium', 'fonts-liberation'])
    if find() is None:
        sys.exit(ADVICE)
