"""The place where the pages change, each behind its guard."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from nicegui import ui
from nicegui.page_arguments import RouteMatch

from app.errors import AppError
from app.ui.page_context import PageContext
from app.web.middleware import is_plain
from pages.error import show_error
from pages.notice import notice
from pages.page import Page


class Views(ui.sub_pages):
    """The pages of the app, with our own words for a path that is none, and for a page that fails.

    The page that is open is built anew when somebody else is signed in, or when its guard thinks otherwise.
    """

    def __init__(self, context: PageContext, pages: Sequence[Page]) -> None:
        self._context = context
        self._by_path = {page.path: page for page in pages}
        super().__init__({page.path: partial(self._build, page) for page in pages})
        self._shown_to = self._look()
        self._router.on_path_changed(self._note_path)
        context.on_change(self._follow)

    def _look(self) -> tuple[str | None, bool]:
        """Who is here, and whether they may see the page that is open."""
        page = self._by_path.get(self._context.page_path)
        return self._context.subject, page is None or page.lets_in(self._context)

    def _note_path(self, _: str) -> None:
        self._shown_to = self._look()

    def _follow(self) -> None:
        if self._shown_to != (now := self._look()):
            self._shown_to = now
            self.refresh()

    def _build(self, page: Page) -> None:
        context = self._context
        with ui.element('div').classes('view'):  # of its own, so that what follows the session ends with the page
            if page.lets_in(context):
                page.build(context)
            elif page.guard and context.session:
                _say_what_is_missing(page, context, page.guard.missing(context.session), context.session.granted)
            else:
                notice(
                    'lock', 'Please log in', f'Log in to see this page: {page.title}.', ('Log in', context.login_url)
                )
                if context.tab is None:  # a visitor came here; a page whose session ended stays where it is
                    ui.context.client.open(context.login_url)

    def _find_matching_path(self) -> RouteMatch | None:
        return super()._find_matching_path() if is_plain(self._router.current_path) else None

    def _render_404(self) -> None:
        notice(
            'explore_off', 'There is no such page', 'The address may be mistyped, or the page is gone.', ('Home', '/')
        )

    def _render_error(self, error: Exception) -> None:
        super()._render_error(error)  # the line in the log
        self.clear()
        with self:
            show_error(AppError())


def _say_what_is_missing(page: Page, context: PageContext, missing: Sequence[str], granted: frozenset[str]) -> None:
    text = (
        f'The page {page.title} needs what the sign-in service has not granted to you: {" ".join(missing)}. '
        f'What it did grant: {" ".join(sorted(granted)) or "nothing"}.'
    )
    another = ('Log in as somebody else', context.login_as_another_url)
    notice('lock', 'You may not see this page', text, ('Home', '/'), another)
