"""What a page shows by itself while it is open."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from ..page_context import PageContext
from .banner import Action, Banner, Line, Lines
from .cover import Cover, Missing
from .notice import CSS
from .texts import texts


def watch(
    context: PageContext,
    *,
    missing: Missing = lambda _: [],
    on_signed_in: Callable[[], object] = lambda: None,
) -> None:
    """Put the banner and the cover into the page of the current client, while it is built or later.

    What the page shows of the person (`is_personal`) is covered, too, while something that it needs is `missing`.
    `on_signed_in` is called when the browser says that somebody has signed in in another tab, or window, of this app
    while nobody is on this page: the page offers to be loaded anew, and does nothing by itself.
    """
    context.is_watched = True
    is_back = False

    def said_instead() -> Lines:
        is_anew = context.has_become and not context.follows
        if not (is_anew or (is_back and context.session is None)):
            return ()
        return (Line('login', texts['signed_in_elsewhere'], (Action(texts['load_anew'], '() => location.reload()'),)),)

    def come_back() -> None:
        nonlocal is_back
        if context.session is not None:
            return
        is_back = True
        cover.update_from_session(is_back=True)
        line.refresh()
        on_signed_in()

    ui.add_css(CSS)
    with ui.context.client.layout:
        cover = Cover(context, missing)
    with cover:
        line = Banner(context, said_instead=said_instead)
        context.on_change(lambda: cover.update_from_session(is_back=is_back))
    cover.on('signed-in', come_back, args=[])
