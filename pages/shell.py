"""What is around every page: the bar, the banner, and the place where the pages change."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from app.ui.page_context import PageContext
from pages.banner import banner, checking
from pages.bar import bar
from pages.kept_text import forget_texts_of_others
from pages.page import Page
from pages.theme import theme
from pages.views import views
from pages.what_if import what_if_reminder


def shell(context: PageContext, pages: Sequence[Page], *, may_look: bool) -> None:
    """Build the whole page; `may_look` is whether a session may be looked for silently."""
    theme()
    bar(context, pages)
    with ui.column().classes('page'):
        banner(context)
        what_if_reminder(context)
        if may_look:
            checking(context)
        views(context, pages)
    forget_texts_of_others(context)
    Connection()


class Connection(ui.element, component='connection.js'):
    """Says when the page has lost the app, and when it has it back; the browser does that by itself."""
