"""The bar at the top: where one can go, how the session is, and who is signed in."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from app.ui.page_context import PageContext
from pages.page import Page
from pages.renew_now import renew_now
from pages.session_state import state_chip


def bar(context: PageContext, pages: Sequence[Page]) -> None:
    """Build the bar, with the pages that the person may see; a phone has these at its bottom, where a thumb reaches."""
    with ui.header().classes('bar items-center gap-1 no-wrap'):
        with ui.link(target='/').classes('brand').props('aria-label="Stay Signed In, home"'):
            ui.icon('all_inclusive', size='1.75rem').props('aria-hidden=true')
            ui.label('Stay Signed In').classes('word')
        ui.space()
        with ui.element('nav').classes('row items-center no-wrap'):
            links = [(page, _nav_link(page)) for page in pages if page.in_navigation]
        with ui.button(on_click=lambda: renew_now(context), color=None).props(
            'flat no-caps data-testid=renew aria-label=Renew'
        ) as renew:
            ui.icon('autorenew', size='1.5rem').props('aria-hidden=true')
            ui.label('Renew').classes('word')
        with ui.row().classes('items-center gap-3 no-wrap q-px-sm'):
            state_chip(context)
            name = ui.label().props('data-testid=user-name').classes('user-name word')
        with ui.row() as logout:
            _logout_button(context)
        with ui.link(target=context.login_url).classes('nav').props('data-testid=login') as login:
            ui.icon('login', size='1.5rem').props('aria-hidden=true')
            ui.label('Log in')
    titles = {page.path: page.title for page in pages}

    def follow_the_path(_: str) -> None:
        here = context.page_path
        login.props['href'] = context.login_url
        ui.page_title(f'{titles.get(here, "Not found")} - Stay Signed In')
        for page, link in links:
            link.props(**{('add' if page.path == here else 'remove'): 'aria-current=page'})

    router = ui.context.client.sub_pages_router
    router.on_path_changed(follow_the_path)
    follow_the_path(context.path)

    def update() -> None:
        session = context.session
        name.set_text(str(session.claims.get('name') or session.subject) if session else '')
        for page, link in links:
            link.set_visibility(page.lets_in(context))
        for element in (renew, name, logout):
            element.set_visibility(session is not None)
        login.set_visibility(session is None)

    context.on_change(update)


def _nav_link(page: Page) -> ui.link:
    with ui.link(target=page.path).classes('nav').props(f'aria-label="{page.title}" title="{page.title}"') as link:
        ui.icon(page.icon, size='1.5rem').props('aria-hidden=true')
        ui.label(page.title).classes('word')
    return link


def _logout_button(context: PageContext) -> None:
    props = 'type=submit flat no-caps data-testid=logout aria-label="Log out"'
    with context.logout_form(), ui.button(color=None).props(props):
        ui.icon('logout', size='1.5rem').props('aria-hidden=true')
        ui.label('Log out').classes('word')
