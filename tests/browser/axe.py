"""axe-core, which finds what keeps people with disabilities out of a page.

`python -m tests.browser.axe` installs it, from the npm registry.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from app.native.debian import install

FOLDER = Path(__file__).parent
LIBRARY = FOLDER / 'node_modules/axe-core/axe.min.js'
LEVELS = ('wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa')
ADVICE = 'The browser tests need npm (Debian: apt-get install npm), which brings axe-core.'


async def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it is now, of levels A and AA: the rule, and where."""
    if not await page.evaluate('"axe" in window'):
        await page.evaluate(LIBRARY.read_text(encoding='utf-8'))
    options = {'runOnly': {'type': 'tag', 'values': LEVELS}, 'resultTypes': ['violations'], 'preload': False}
    found: list[dict[str, Any]] = (await page.evaluate('options => axe.run(document, options)', options))['violations']
    return [
        f'{violation["id"]}: {violation["help"]}: {json.dumps(node["target"])} {node["html"][:200]} '
        f'{node["failureSummary"]}'
        for violation in found
        for node in violation['nodes']
    ]


def install_axe() -> None:
    """Install the version of the lock file; ends the process with advice if there is no npm, and can be none."""
    if shutil.which('npm') is None:
        install(['npm'])
    if shutil.which('npm') is None:
        sys.exit(ADVICE)
    subprocess.run(['npm', 'ci', '--no-audit', '--no-fund', '--silent'], cwd=FOLDER, check=True)


if __name__ == '__main__' and not LIBRARY.exists():
    install_axe()
