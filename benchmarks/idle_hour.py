"""What an idle hour with three tabs sends over the websocket: `python -m benchmarks.idle_hour [another checkout]`.

Three tabs show /session in one Chromium, and nobody does anything: some renewals are counted, and an hour of 120-second
tokens has 40 of them. Then one tab navigates, and somebody is active for a minute. Bytes are those of the frames'
payloads, both ways.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from playwright.async_api import BrowserContext, Page, WebSocket, async_playwright, expect

ROOT = Path(__file__).parent.parent
LIFETIME = 8  # seconds
RENEWALS, RENEWALS_PER_HOUR = 6, 40
TABS = 3


class Meter:
    """Counts the bytes of all websocket frames of a browser."""

    def __init__(self) -> None:
        self.bytes = 0

    def watch(self, page: Page) -> None:
        page.on('websocket', self._watch_socket)

    def _watch_socket(self, websocket: WebSocket) -> None:
        websocket.on('framereceived', self._count)
        websocket.on('framesent', self._count)

    def _count(self, payload: str | bytes) -> None:
        self.bytes += len(payload.encode() if isinstance(payload, str) else payload)


async def opened(context: BrowserContext, meter: Meter, url: str) -> Page:
    page = await context.new_page()
    meter.watch(page)
    await page.goto(url)
    await page.get_by_test_id('renewal-count').wait_for()
    return page


async def renewals(page: Page) -> int:
    return int(await page.get_by_test_id('renewal-count').inner_text())


async def measure(url: str) -> dict[str, float]:
    """Bytes for one renewal, one navigation, one reconnection and a minute of moving the mouse, over all tabs."""
    meter = Meter()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path='/usr/bin/chromium', args=['--no-sandbox'])
        context = await browser.new_context(locale='en-US')
        page = await context.new_page()
        await page.goto(f'{url}/login?return_to=/session')
        await page.get_by_test_id('demo-user-alice').click()
        await page.close()
        pages = [await opened(context, meter, f'{url}/session') for _ in range(TABS)]
        first, last = pages[0], pages[-1]
        await asyncio.sleep(LIFETIME)

        before, begun = await renewals(first), meter.bytes
        count = first.get_by_test_id('renewal-count')
        await expect(count).to_have_text(str(before + RENEWALS), timeout=3000 * LIFETIME * RENEWALS)
        found = {'renewal': (meter.bytes - begun) / RENEWALS}

        async def costs(name: str, seconds: float) -> None:
            """What the action cost, without the renewals that came meanwhile."""
            await asyncio.sleep(seconds)
            count = await renewals(first) - counted
            found[name] = max(0.0, meter.bytes - begun - count * found['renewal'])

        counted, begun = await renewals(first), meter.bytes
        await last.get_by_role('link', name='Profile').click()
        await costs('navigation', 3)
        counted, begun = await renewals(first), meter.bytes
        for _ in range(60):
            await first.mouse.move(100 + _, 100)
            await first.mouse.wheel(0, 1)
            await asyncio.sleep(1)
        await costs('active minute', 1)
        await browser.close()
    return found


async def main(folder: Path) -> None:
    with socket.socket() as free:
        free.bind(('localhost', 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        settings = {'PORT': str(port), 'DATA_DIR': data, 'DEMO_TOKEN_LIFETIME': str(LIFETIME)}
        environment = {**os.environ, **settings}
        app = await asyncio.create_subprocess_exec(sys.executable, 'main.py', cwd=folder, env=environment)
        url = f'http://localhost:{port}'
        try:
            await answers(f'{url}/health')
            found = await measure(url)
        finally:
            app.terminate()
            await app.wait()
    for name, count in found.items():
        print(f'{name:>14}: {count:10,.0f} bytes, over {TABS} tabs')
    print(f'{"idle hour":>14}: {found["renewal"] * RENEWALS_PER_HOUR:10,.0f} bytes, {RENEWALS_PER_HOUR} renewals')


async def answers(url: str) -> None:
    for _ in range(300):
        try:
            await asyncio.to_thread(urllib.request.urlopen, url)
        except urllib.error.URLError:
            await asyncio.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


if __name__ == '__main__':
    asyncio.run(main(Path(sys.argv[1]) if sys.argv[1:] else ROOT))
