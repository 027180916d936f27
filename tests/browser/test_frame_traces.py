"""What the provider's pages do in the silent frame leaves no trace in the person's page."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pytest
from playwright.async_api import Page, expect
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tests.browser.server import AppServer
from tests.browser.tab import renewed, sign_in
from tests.provider import RecordingProvider

Hop = Callable[[str], str]

NOISE = """
<title>The provider</title><input autofocus><div style="height: 9000px" tabindex=0></div>
<script>
  console.warn('noise');
  document.title = 'Noise';
  document.querySelector('input').focus();
  window.focus();
  scrollTo(0, 5000);
  document.querySelector('input').scrollIntoView();
  localStorage.setItem('noise', 'yes');
  for (const leave of [() => parent.focus(), () => top.location.replace('/noise'), () => window.open('/noise')]) {
    try { leave() } catch {}
  }
</script>
"""
LATER = 'addEventListener("load", () => setTimeout(() => {0}, 20))'

HOPS: dict[str, Hop] = {
    'redirect by script': lambda url: f'<script>location.href = {url!r}</script>',
    'redirect by script, later': lambda url: f'<script>{LATER.replace("{0}", f"location.href = {url!r}")}</script>',
    'form by script, later': lambda url: (
        f'<form method=post action="{escape(url)}"></form>'
        f'<script>{LATER.replace("{0}", "document.forms[0].submit()")}</script>'
    ),
    'meta refresh': lambda url: f'<meta http-equiv=refresh content="0; url={escape(url)}">',
    'fragments': lambda url: (
        f'<script>{LATER.replace("{0}", f"(location.hash = 1, location.hash = 2, location.href = {url!r})")}</script>'
    ),
    'entries of its own': lambda url: (
        f'<script>history.pushState(1, "", "#a"); {LATER.replace("{0}", f"location.href = {url!r}")}</script>'
    ),
}


def detour(provider: RecordingProvider, hop: Hop, hops: int = 3) -> None:
    """Let silent requests take so many pages on their way to the answer."""

    async def authorize(request: Request) -> Response:
        if request.query_params.get('prompt') != 'none':
            return await provider.forward(request)
        return HTMLResponse(NOISE + hop(f'/hop/1?{request.url.query}'))

    def step(number: int) -> None:
        async def respond(request: Request) -> Response:
            if number < hops:
                return HTMLResponse(NOISE + hop(f'/hop/{number + 1}?{request.url.query}'))
            return RedirectResponse(f'/finish?{request.url.query}', 303)

        provider.instead[f'/hop/{number}'] = respond

    async def finish(request: Request) -> Response:
        scope = {**request.scope, 'path': '/authorize', 'raw_path': b'/authorize'}
        return await provider.forward(Request(scope, request.receive))

    for number in range(1, hops + 1):
        step(number)
    provider.instead |= {'/authorize': authorize, '/finish': finish}


TRACES = """() => ({
  popped: window.popped, url: location.href, title: document.title, focus: document.activeElement.id,
  scroll: scrollY, state: JSON.stringify(history.state), frames: frames.length,
  storage: JSON.stringify(Object.keys(localStorage).filter((key) => key === 'noise')),
})"""


@pytest.mark.parametrize('name', HOPS)
async def test_no_trace_is_left_of_what_happens_in_the_frame(
    app: AppServer, provider: RecordingProvider, page: Page, name: str
) -> None:
    provider.token_lifetime = 600
    await sign_in(page, app.url)
    await page.goto(f'{app.url}/profile')
    await page.goto(app.url)
    await page.wait_for_function('window.socket?.connected')
    await page.evaluate("window.popped = 0; addEventListener('popstate', () => (window.popped += 1)); scrollTo(0, 3)")
    await page.get_by_label('Your note').focus()
    await page.evaluate('document.activeElement.id = "note"')
    before = await page.evaluate(TRACES)
    opened: list[Page] = []
    page.context.on('page', lambda new: opened.append(new))
    detour(provider, HOPS[name])
    for times in (1, 2, 3):
        # As a timer would, and no click, which would be a gesture of the person's and move the focus.
        await page.evaluate("document.querySelector('[data-testid=renew]').dispatchEvent(new Event('click'))")
        await renewed(page, times)
        await expect(page.locator('iframe')).to_have_count(0)
    await page.wait_for_function(f'before => JSON.stringify(({TRACES})()) === JSON.stringify(before)', arg=before)
    assert opened == []
    await page.evaluate('history.back()')
    await expect(page).to_have_url(f'{app.url}/profile')
