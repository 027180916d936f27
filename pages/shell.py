"""What is around every page: the bar, the banner, and the place where the pages change."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from pages import inside
from pages.banner import banner, checking
from pages.bar import bar
from pages.kept_text import forget_texts_of_others
from pages.live import page_path
from pages.page import Page
from pages.theme import theme
from pages.views import views
from pages.what_if import what_if_reminder


def shell_of(pages: Sequence[Page]) -> None:
    """Build the whole app with these pages."""
    is_page = page_path() in {page.path for page in pages}
    may_look = is_page and inside.page_context().may_look_for_session()
    theme()
    bar(pages)
    with ui.column().classes('page'):
        banner()
        what_if_reminder()
        if may_look:
            checking()
        views(pages)
    forget_texts_of_others()
    Connection()


class Connection(ui.element, component='connection.js'):
    """Says when the page has lost the app, and when it has it back; the browser does that by itself."""
