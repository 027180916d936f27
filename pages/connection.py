"""A line that says when the page has lost the app, and when it has it back."""

from __future__ import annotations

from nicegui import ui


class Connection(ui.element, component='connection.js'):
    """Empty while all is well. The browser shows it by itself, since nobody else can reach it then."""
