"""The bar at the top: where one can go, how the session is, and who is signed in."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from pages.auth import auth
from pages.live import on_path_change, page_path
from pages.page import Page
from pages.renew_now import renew_now
from pages.session_state import state_chip


def bar(pages: Sequence[Page]) -> None:
    """Build the bar, with the pages that the person may see; a phone has these at its bottom, where a thumb reaches."""
    with ui.header().classes('bar items-center gap-1 no-wrap'):
        with ui.link(target='/').classes('brand').props('aria-label="Stay Signed In, home"'):
            ui.icon('all_inclusive', size='1.75rem').props('aria-hidden=true')
            ui.label('Stay Signed In').classes('word')
        ui.space()
        with ui.element('nav').classes('row items-center no-wrap'):
            links = [(page, _nav_link(page)) for page in pages if page.in_navigation]
        with ui.button(on_click=renew_now, color=None).props(
            'flat no-caps data-testid=renew aria-label=Renew'
        ) as renew:
            _icon_and_word('autorenew', 'Renew')
        with ui.row().classes('items-center gap-3 no-wrap q-px-sm'):
            state_chip()
            name = ui.label().props('data-testid=user-name').classes('user-name word')
        with auth.logout_button(color=None).props('flat aria-label="Log out"') as logout:
            logout.set_text('')
            _icon_and_word('logout', 'Log out')
        with ui.link(target=auth.login_url()).classes('nav').props('data-testid=login') as login:
            ui.icon('login', size='1.5rem').props('aria-hidden=true')
            ui.label('Log in')
        titles = {page.path: page.title for page in pages}

        def follow_the_path() -> None:
            login.props['href'] = auth.login_url()
            ui.page_title(f'{titles.get(page_path(), "Not found")} - Stay Signed In')
            for page, link in links:
                link.props(**{('add' if page.path == page_path() else 'remove'): 'aria-current=page'})

        def follow_the_person() -> None:
            user = auth.user
            name.set_text(user.name if user else '')
            for page, link in links:
                link.set_visibility(page.lets_in(user))
            for element in (renew, name):
                element.set_visibility(user is not None)
            login.set_visibility(user is None)

        on_path_change(follow_the_path)
        auth.on_change(follow_the_person)


def _nav_link(page: Page) -> ui.link:
    with ui.link(target=page.path).classes('nav').props(f'aria-label="{page.title}" title="{page.title}"') as link:
        _icon_and_word(page.icon, page.title)
    return link


def _icon_and_word(icon: str, word: str) -> None:
    """A phone shows the icon alone."""
    ui.icon(icon, size='1.5rem').props('aria-hidden=true')
    ui.label(word).classes('word')
