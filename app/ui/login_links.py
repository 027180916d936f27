"""Links that sign in, and bring back to the very place in the page."""

from __future__ import annotations

import json

from nicegui import ui

from ..web.routes import LOGIN_PATH


class LoginLinks(ui.element, component='login_links.js'):
    """Lets all links of its page that sign in take the page's fragment with them, as it is at the click."""

    def __init__(self) -> None:
        super().__init__()
        self.props['login-path'] = LOGIN_PATH


def go_js(url: str) -> str:
    """JavaScript that signs in by such a link, with the page's fragment."""
    return f'location.href = {json.dumps(url)} + location.hash'
