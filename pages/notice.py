"""A page that says what happened, and offers a way on."""

from __future__ import annotations

from nicegui import ui


def notice(icon: str, title: str, text: str, *actions: tuple[str, str]) -> None:
    """An icon, a heading, a sentence, and links (text, target) of which the first is the likeliest way on."""
    ui.icon(icon, size='3.5rem', color='primary').props('aria-hidden=true')
    ui.label(title).props('role=heading aria-level=1').classes('title')
    ui.label(text).classes('lead')
    if not actions:
        return
    with ui.row().classes('gap-4 items-center'):
        for position, (label, target) in enumerate(actions):
            ui.link(label, target).classes('action' if position == 0 else '')
