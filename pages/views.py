"""The place where the pages change, each behind its guard."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from nicegui import ui

from app import AuthError
from pages import inside
from pages.auth import auth
from pages.live import page_path
from pages.page import Page

log = logging.getLogger(__name__)

NO_PAGE = '/no-such-page'  # in the place of a path that takes NiceGUI long to look for


def views(pages: Sequence[Page]) -> None:
    """Show the page that the address names, and from then on the one that a link leads to.

    The page that is open is built anew when somebody else is signed in, or when its guard thinks otherwise.
    """
    router = ui.context.client.sub_pages_router

    def note_path(_: str) -> None:
        if not inside.is_plain(router.current_path):
            router.current_path = NO_PAGE

    note_path(router.current_path)
    router.on_path_changed(note_path)  # is called before a page is looked for
    built_for = _person()

    def follow() -> None:
        nonlocal built_for
        if built_for != (now := _person()):
            built_for = now
            place.refresh()

    auth.on_change(follow)  # before the guards of the pages do: what this builds anew they need not
    # Without NiceGUI's own page for other paths, the builder of the longest known beginning is called: in the end "/".
    place = ui.sub_pages({page.path: _builder(page) for page in pages}, show_404=False)


def _person() -> tuple[str, str] | None:
    """Who is signed in, None if nobody is."""
    return (auth.user.issuer, auth.user.sub) if auth.user else None


def _builder(page: Page) -> Callable[[], None]:
    build = partial(_build, page)
    guarded = build if page.is_open else auth.require(scope=page.scope, name=page.title)(build)

    def show() -> None:
        if page_path().rstrip('/') == page.path.rstrip('/'):
            guarded()
            return
        ui.context.client.status_code = 404
        text = 'The address may be mistyped, or the page is gone.'
        with _view():
            inside.say('explore_off', 'There is no such page', text, [('Home', '/')])

    return show


def _view() -> ui.element:
    """The place of one page, so that what follows the session there ends with it."""
    return ui.element('div').classes('view')


def _build(page: Page) -> None:
    with _view() as view:
        try:
            page.build()
        except Exception:  # a page may fail in any way: the log has it, and the person a page that says so
            log.exception('the page %s could not be built', page.path)
            view.clear()
            inside.show_error(AuthError())
