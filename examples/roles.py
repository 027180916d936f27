"""Pages, and parts of a page, for those who have a role: `python roles.py`, then open http://localhost:8080.

Alice is `admin` and `editor`, Bob is `viewer`. Whoever gives a role away sees at once what that means: the page that is
open notices it, as it does when the provider takes a role away and the session is renewed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from nicegui import ui
from stay_signed_in import Auth

given_away: set[str] = set()


def roles_of(claims: Mapping[str, Any]) -> Iterable[str]:
    """The roles that the provider says, without those that were given away here."""
    return set(claims.get('roles', ())) - given_away


auth = Auth(roles=roles_of)


@auth.page('/')
@auth.page('/articles')
@auth.page('/people')
def home() -> None:
    """One page with parts; whoever is signed in may see it."""
    with ui.header().classes('items-center'):
        ui.label(f'Hello {auth.user.name}').classes('grow')
        auth.logout_button(color='secondary')
    with ui.row():
        for title, path in {'Overview': '/', 'Articles': '/articles', 'People': '/people', 'Admin': '/admin'}.items():
            ui.link(title, path)
    ui.sub_pages({'/': overview, '/articles': articles, '/people': people})


def overview() -> None:
    """For everybody: which roles they have."""
    yours = ui.label()
    auth.on_change(lambda: yours.set_text(f'Your roles: {", ".join(sorted(auth.user.roles)) if auth.user else "none"}'))


@auth.require(role='editor')
def articles() -> None:
    ui.label('Articles, for editors')
    ui.button('Publish', on_click=publish)


@auth.require(role='admin')
def publish() -> None:
    """An event handler: an editor who is no admin is told so, and it does not run."""
    ui.notify('Published')


@auth.require(role='admin')
def people() -> None:
    ui.label('People, for admins')
    ui.button('Give the role away', on_click=give_away)


async def give_away() -> None:
    """From now on nobody is admin; the guards notice it when the session is renewed."""
    given_away.add('admin')
    await auth.renew()


@auth.page('/admin', role='admin')
def admin() -> None:
    """A page of its own; who is turned away sees nothing of it, and is told what is missing."""
    ui.label('The page of admins')
    auth.logout_button()


ui.run()
