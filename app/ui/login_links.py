"""Links that sign in, and bring back to the very place in the page."""

from __future__ import annotations

import json

from nicegui import ui

from ..web.links import LOGIN_PATH, PAGE_KEY_HEADER


class LoginLinks(ui.element, component='login_links.js'):
    """Lets all links of its page that sign in take the page's fragment with them, as it is at the click."""

    def __init__(self) -> None:
        super().__init__()
        self.props['login-path'] = LOGIN_PATH


def go_js(url: str) -> str:
    """JavaScript that signs in by such a link, with the page's fragment."""
    return f'location.href = {json.dumps(url)} + location.hash'


def prove_js(path: str, key: str) -> str:
    """JavaScript that shows the app the cookie of this browser, which comes with the answer to the sign-in."""
    headers = json.dumps({PAGE_KEY_HEADER: key})
    ask = f"(await fetch({json.dumps(path)}, {{method: 'POST', headers: {headers}}}).catch(() => ({{}}))).ok"
    return f'(async () => {{ for (let ms = 100; !({ask}) && ms < 30000; ms *= 2) {PAUSE} }})()'


PAUSE = 'await new Promise((go) => setTimeout(go, ms));'
