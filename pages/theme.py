"""Colors and style sheet, light and dark."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

# Its own style: without JavaScript the page has neither the theme nor the class `body--dark`.
NO_SCRIPT = """
<noscript>
  <style>
    body { color-scheme: light dark; background: Canvas; color: CanvasText; }
    .no-script h1 { font: 700 2rem/1.2 system-ui, sans-serif; letter-spacing: normal; margin-bottom: 1rem; }
  </style>
  <div class="no-script" role="alert">
    <h1>This app needs JavaScript</h1>
    <p>Your browser runs none here. Allow it for this site, then load this page again.</p>
  </div>
</noscript>
"""
CSS = Path(__file__).parent / 'theme.css'
COLORS = {'primary': '#5b3fd6', 'positive': '#15803d', 'warning': '#b45309', 'negative': '#b91c1c', 'info': '#1d4ed8'}


def theme() -> None:
    """Give the page that is being built its colors, its style sheet, and a word for who has no JavaScript."""
    ui.colors(**COLORS)
    ui.add_css(CSS)
    ui.add_body_html(NO_SCRIPT)
