"""What is around every page: the bar, the banner, and the place where the pages change."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui

from app.errors import AppError
from pages.banner import banner
from pages.error import show_error
from pages.logout import logout_button
from pages.message import message
from pages.page import Page
from pages.state_chip import state_chip
from pages.theme import theme
from pages.visit import Visit


class Views(ui.sub_pages):
    """The pages of the app, with our own words for a path that is none, and for a page that fails."""

    def _render_404(self) -> None:
        message(
            'explore_off', 'There is no such page', 'The address may be mistyped, or the page is gone.', ('Home', '/')
        )

    def _render_error(self, error: Exception) -> None:
        super()._render_error(error)  # the line in the log
        self.clear()
        with self:
            show_error(AppError(), '/')


def shell(visit: Visit, pages: Sequence[Page]) -> Views:
    """Build the whole page."""
    theme()
    _bar(visit, pages)
    with ui.column().classes('page').props('role=main'):
        banner(visit)
        views = Views({page.path: _guarded(page, visit) for page in pages})
    was_signed_in = visit.session is not None

    def forget_what_was_shown() -> None:
        if was_signed_in and visit.session is None:
            views.refresh()

    visit.follow(forget_what_was_shown)
    return views


def _guarded(page: Page, visit: Visit) -> Callable[[], None]:
    def build() -> None:
        if visit.session is not None or not page.needs_sign_in:
            page.build(visit)
            return
        message('lock', 'Please sign in', f'{page.title} is only for those who are.', ('Log in', visit.login_url))
        if visit.tab is None:  # it was the visitor who came here; a page whose session ended stays where it is
            ui.context.client.open(visit.login_url)

    return build


def _bar(visit: Visit, pages: Sequence[Page]) -> None:
    with ui.header().classes('bar items-center gap-1 no-wrap'):
        with ui.link(target='/').classes('brand').props('aria-label="Stay Signed In, home"'):
            ui.icon('all_inclusive', size='1.75rem').props('aria-hidden=true')
            ui.label('Stay Signed In').classes('word')
        ui.space()
        with ui.element('nav').classes('row items-center no-wrap'):
            links = [(page, _nav_link(page)) for page in pages if page.in_navigation]
        with ui.button(on_click=lambda: _renew(visit)).props(
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
    ui.context.client.sub_pages_router.on_path_changed(lambda _: login.props.update(href=visit.login_url))

    def update() -> None:
        session = visit.session
        name.set_text(str(session.claims.get('name') or session.subject) if session else '')
        for page, link in links:
            link.set_visibility(session is not None or not page.needs_sign_in)
        for element in (renew, name, logout):
            element.set_visibility(session is not None)
        login.set_visibility(session is None)

    visit.follow(update)


def _nav_link(page: Page) -> ui.link:
    with ui.link(target=page.path).classes('nav').props(f'aria-label="{page.title}"') as link:
        ui.icon(page.icon, size='1.5rem').props('aria-hidden=true')
        ui.label(page.title).classes('word')
    return link


async def _renew(visit: Visit) -> None:
    if visit.tab is None:
        return
    try:
        await visit.tab.renew()
    except AppError as error:
        ui.notify(f'{error.title}. {error.advice}', type='negative', multi_line=True)
    else:
        ui.notify('Renewed: this session has a new access token.', type='positive')
