"""axe-core, which finds what keeps people with disabilities out of a page; `make test` installs it with npm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.async_api import Page

LIBRARY = Path(__file__).parent / 'node_modules/axe-core/axe.min.js'
LEVELS = ('wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa')


async def violations(page: Page, within: str = 'html') -> list[str]:
    """What axe-core finds on the page as it is now, of levels A and AA, within this selector: the rule, and where."""
    if not await page.evaluate('"axe" in window'):
        await page.evaluate(LIBRARY.read_text(encoding='utf-8'))
    options = {'runOnly': {'type': 'tag', 'values': LEVELS}, 'resultTypes': ['violations'], 'preload': False}
    found: list[dict[str, Any]] = (
        await page.evaluate('([within, options]) => axe.run(within, options)', [within, options])
    )['violations']
    return [
        f'{violation["id"]}: {violation["help"]}: {json.dumps(node["target"])} {node["html"][:200]} '
        f'{node["failureSummary"]}'
        for violation in found
        for node in violation['nodes']
    ]
