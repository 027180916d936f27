"""The place where the pages change, each behind its guard."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from nicegui import ui

from app.errors import AuthError
from app.ui.notices.notice import Notice, Way, error_notice, forbidden, please_log_in, show_notice
from app.ui.page_context import PageContext
from app.web.middleware import is_plain
from pages.page import Page

log = logging.getLogger(__name__)

NO_PAGE = '/no-such-page'  # in the place of a path that takes NiceGUI long to look for


def views(context: PageContext, pages: Sequence[Page]) -> None:
    """Show the page that the address names, and from then on the one that a link leads to.

    The page that is open is built anew when somebody else is signed in, or when its guard thinks otherwise.
    """
    by_path = {page.path: page for page in pages}
    router = ui.context.client.sub_pages_router

    def access() -> tuple[str | None, bool]:
        """Who is here, and whether they may see the page that is open."""
        page = by_path.get(context.page_path)
        return context.subject, page is None or page.lets_in(context)

    built_for = access()

    def note_path(_: str) -> None:
        nonlocal built_for
        if not is_plain(router.current_path):
            router.current_path = NO_PAGE
        built_for = access()

    def follow() -> None:
        nonlocal built_for
        if built_for != (now := access()):
            built_for = now
            place.refresh()

    note_path(router.current_path)
    router.on_path_changed(note_path)  # is called before a page is looked for
    # Without NiceGUI's own page for other paths, the builder of the longest known beginning is called: in the end "/".
    place = ui.sub_pages({page.path: partial(_build, context, page) for page in pages}, show_404=False)
    context.on_change(follow)


def _build(context: PageContext, page: Page) -> None:
    with ui.element('div').classes('view') as view:  # of its own, so that what follows the session ends with the page
        if context.page_path.rstrip('/') != page.path.rstrip('/'):
            ui.context.client.status_code = 404
            text = 'The address may be mistyped, or the page is gone.'
            show_notice(Notice('explore_off', 'There is no such page', text, (Way('Home', '/'),)))
            return
        try:
            _build_guarded(context, page)
        except Exception:  # a page may fail in any way: the log has it, and the person a page that says so
            log.exception('the page %s could not be built', page.path)
            view.clear()
            show_notice(error_notice(AuthError()))


def _build_guarded(context: PageContext, page: Page) -> None:
    if page.lets_in(context):
        page.build(context)
    elif page.guard and (user := context.user):
        missing, has = sorted(page.guard.scopes - user.scopes), sorted(user.scopes)
        show_notice(forbidden(page.title, scope=missing, has=has, login_url=context.login_as_another_url))
    else:
        show_notice(please_log_in(page.title, context.login_url))
        if context.tab is None and context.ended is None:  # a visitor; who was here before is told, and asked
            context.log_in()
