"""Colors and style sheet, light and dark."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

CSS = Path(__file__).parent / 'theme.css'
COLORS = {'primary': '#5b3fd6', 'positive': '#15803d', 'warning': '#b45309', 'negative': '#b91c1c', 'info': '#1d4ed8'}


def theme() -> None:
    """Give the page that is being built its colors and its style sheet."""
    ui.colors(**COLORS)
    ui.add_css(CSS)
