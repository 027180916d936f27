"""What is around every page: the bar, the banner, and the place where the pages change."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui
from nicegui.page_arguments import RouteMatch

from app.errors import AppError
from app.middleware import is_plain
from app.visit import Visit
from pages.banner import banner, checking
from pages.connection import Connection
from pages.error import show_error
from pages.logout import logout_button
from pages.message import message
from pages.page import Page
from pages.renew_now import renew_now
from pages.state_chip import state_chip
from pages.theme import theme


class Views(ui.sub_pages):
    """The pages of the app, with our own words for a path that is none, and for a page that fails."""

    def _find_matching_path(self) -> RouteMatch | None:
        return super()._find_matching_path() if is_plain(self._router.current_path) else None

    def _render_404(self) -> None:
        message(
            'explore_off', 'There is no such page', 'The address may be mistyped, or the page is gone.', ('Home', '/')
        )

    def _render_error(self, error: Exception) -> None:
        super()._render_error(error)  # the line in the log
        self.clear()
        with self:
            show_error(AppError())


def shell(visit: Visit, pages: Sequence[Page], *, looking_as: str | None, after_logout: bool) -> None:
    """Build the whole page.

    `looking_as` is the browser in whose name a session is looked for, None if none is; `after_logout`: the person has
    just logged out.
    """
    theme()
    _bar(visit, pages)
    with ui.column().classes('page'):
        banner(visit, after_logout=after_logout)
        if looking_as:
            checking(visit, looking_as)
        views = Views({page.path: _guarded(page, visit) for page in pages})
    Connection()
    by_path = {page.path: page for page in pages}

    def look() -> tuple[str | None, bool]:
        """Who is here, and whether they may see this page."""
        page = by_path.get(_path(visit))
        return visit.subject, page is None or _lets_in(page, visit)

    shown_to = look()

    def rebuild_for_somebody_else() -> None:
        nonlocal shown_to
        if shown_to != (now := look()):
            shown_to = now
            views.refresh()

    def note_who_is_shown_the_page(_: str) -> None:
        nonlocal shown_to
        shown_to = look()

    ui.context.client.sub_pages_router.on_path_changed(note_who_is_shown_the_page)
    visit.follow(rebuild_for_somebody_else)


def _path(visit: Visit) -> str:
    return visit.path.split('?')[0]


def _lets_in(page: Page, visit: Visit) -> bool:
    return page.guard is None or page.guard.lets_in(visit.session)


def _guarded(page: Page, visit: Visit) -> Callable[[], None]:
    def build() -> None:
        with ui.element('div').classes('view'):  # of its own, so that what follows the session ends with the page
            if page.guard is None or page.guard.lets_in(visit.session):
                page.build(visit)
            elif visit.session is not None:
                _say_what_is_missing(page, visit, page.guard.missing(visit.session))
            else:
                message('lock', 'Please log in', f'Log in to see this page: {page.title}.', ('Log in', visit.login_url))
                if visit.tab is None:  # it was the visitor who came here; a page whose session ended stays where it is
                    ui.context.client.open(visit.login_url)

    return build


def _say_what_is_missing(page: Page, visit: Visit, missing: Sequence[str]) -> None:
    granted = ' '.join(sorted(visit.session.granted)) if visit.session else ''
    text = (
        f'The page {page.title} needs what the sign-in service has not granted to you: {" ".join(missing)}. '
        f'What it did grant: {granted or "nothing"}.'
    )
    message(
        'lock',
        'You may not see this page',
        text,
        ('Home', '/'),
        ('Log in as somebody else', visit.login_as_another_url),
    )


def _bar(visit: Visit, pages: Sequence[Page]) -> None:
    with ui.header().classes('bar items-center gap-1 no-wrap'):
        with ui.link(target='/').classes('brand').props('aria-label="Stay Signed In, home"'):
            ui.icon('all_inclusive', size='1.75rem').props('aria-hidden=true')
            ui.label('Stay Signed In').classes('word')
        ui.space()
        with ui.element('nav').classes('row items-center no-wrap'):
            links = [(page, _nav_link(page)) for page in pages if page.in_navigation]
        with ui.button(on_click=lambda: renew_now(visit), color=None).props(
            'flat no-caps data-testid=renew aria-label=Renew'
        ) as renew:
            ui.icon('autorenew', size='1.5rem').props('aria-hidden=true')
            ui.label('Renew').classes('word')
        with ui.row().classes('items-center gap-3 no-wrap q-px-sm'):
            state_chip(visit)
            name = ui.label().props('data-testid=user-name').classes('word')
        with ui.row() as logout:
            logout_button(visit.csrf_token)
        with ui.link(target=visit.login_url).classes('nav').props('data-testid=login') as login:
            ui.icon('login', size='1.5rem').props('aria-hidden=true')
            ui.label('Log in')
    titles = {page.path: page.title for page in pages}

    def follow_the_path(_: str) -> None:
        here = _path(visit)
        login.props['href'] = visit.login_url
        ui.page_title(f'{titles.get(here, "Not found")} - Stay Signed In')
        for page, link in links:
            link.props(**{('add' if page.path == here else 'remove'): 'aria-current=page'})

    router = ui.context.client.sub_pages_router
    router.on_path_changed(follow_the_path)
    follow_the_path(visit.path)

    def update() -> None:
        session = visit.session
        name.set_text(str(session.claims.get('name') or session.subject) if session else '')
        for page, link in links:
            link.set_visibility(_lets_in(page, visit))
        for element in (renew, name, logout):
            element.set_visibility(session is not None)
        login.set_visibility(session is None)

    visit.follow(update)


def _nav_link(page: Page) -> ui.link:
    with ui.link(target=page.path).classes('nav').props(f'aria-label="{page.title}" title="{page.title}"') as link:
        ui.icon(page.icon, size='1.5rem').props('aria-hidden=true')
        ui.label(page.title).classes('word')
    return link
