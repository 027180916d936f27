"""The Chromium that the browser tests drive: one that is there, else Debian's package.

`python -m tests.browser.chromium` installs it where that is needed and possible.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge')
PLACES = ('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/snap/bin/chromium')
ADVICE = 'The browser tests need Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM to its path.'


def find() -> str | None:
    """The path of a Chromium, or None."""
    if chosen := os.environ.get('CHROMIUM'):
        return chosen if os.access(chosen, os.X_OK) else None
    found = (shutil.which(name) for name in (*NAMES, *PLACES))
    return next((path for path in found if path), None)


def install() -> None:
    """Install Debian's package, as root or with a sudo that asks for nothing; silently does nothing elsewhere."""
    apt_get = shutil.which('apt-get')
    sudo = [] if os.geteuid() == 0 else ['sudo', '--non-interactive']
    if apt_get is None or (sudo and shutil.which('sudo') is None):
        return
    print('Installing Chromium (the first time only) ...', flush=True)
    environment = ['env', 'DEBIAN_FRONTEND=noninteractive']
    for arguments in (['update'], ['install', '--yes', '--no-install-recommends', 'chromium', 'fonts-liberation']):
        command = [*sudo, *environment, apt_get, '--quiet=2', *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            print(result.stderr.strip().splitlines()[-1:] or 'apt-get failed', file=sys.stderr)


if __name__ == '__main__':
    if find() is None:
        install()
    if find() is None:
        sys.exit(ADVICE)
