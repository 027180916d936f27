"""What `auth` is on a page: who is signed in there, and what they can be offered."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import httpx
from nicegui import ui

from ..api.user_client import user_client
from ..errors import SessionEnded
from ..web.endpoints.person import scope_names
from ..web.wishes.signed import app_wish
from .buttons import login_button, logout_button
from .devices import DeviceList
from .page_context import PageContext
from .present import present, present_page
from .user import User


class OnPage:
    """Each of these goes by the page that the code builds or serves; all but `user` raise `RuntimeError` if none is."""

    @property
    def user(self) -> User | Any:  # in the place of None, so that a guarded page need not ask a type checker
        """Who is signed in on the page that this code builds or serves; None if nobody is, or there is no page.

        Known in page functions, sub-pages, event handlers, `ui.timer`, and tasks that were begun in one of these.
        Raises `StoreFailed` if nobody can say.
        """
        page = present_page()
        if page is not None:
            page.shows_person = True  # so that it is covered when the person has gone
            return page.user
        if (visit := present()) is None:
            return None
        session = visit.identity.session
        return User(visit.context, session) if session else None

    def on_change(self, update: Callable[[], object]) -> None:
        """Call `update` now and whenever the user of this page changes, while the part of the page around it is there.

        Also on the page of a visitor (`optional=True`) who signs in while it is open. Such a page takes away by itself
        what it shows of who has gone: it is not covered. Raises `RuntimeError` where there is no page.
        """
        page = _page()
        page.follows = True
        page.on_change(update)

    def login_url(self, provider: str | None = None, *, scope: str | Collection[str] = (), **params: str | int) -> str:
        """The link that signs in and leads back to this page; at the provider with this name, where there are several.

        `params` are added to the authorization request (`login_hint='alice'`, `prompt='create'`, ...), and `scope` to
        what each sign-in asks for. They are signed as this app's wish: don't pass on what a stranger has written into
        an address. Raises `ValueError` for what cannot be asked for, and `RuntimeError` where there is no page.
        """
        page = _page()
        return page.login_url_with(None, provider, app_wish(scope, params))

    def login_button(
        self,
        text: str = '',
        *,
        provider: str | None = None,
        scope: str | Collection[str] = (),
        in_window: bool = False,
        color: str | None = 'primary',
        **params: str | int,
    ) -> ui.button:
        """A button that signs in and comes back to this page; there as long as nobody is signed in, or lacks `scope`.

        `in_window`: in a window of its own, so that this page goes on as it is. The rest is as in `login_url`.
        """
        page, scopes = _page(), scope_names(scope)
        wish = app_wish(scope, params)
        button = login_button(page, text, wish=wish, provider=provider, in_window=in_window, color=color)
        page.on_change(lambda: button.set_visibility(page.user is None or not scopes <= page.user.scopes))
        return button

    def logout_button(self, text: str = '', *, color: str | None = 'primary') -> ui.button:
        """A button that logs out, in all tabs and at the provider; it is there as long as somebody is signed in."""
        page = _page()
        form = page.logout_form()
        page.on_change(lambda: form.set_visibility(page.session is not None))
        return logout_button(form, text, color=color)

    def devices(self) -> DeviceList:
        """A list of where else the person of this page is signed in, each ended by a button of its own."""
        return DeviceList(_page())

    async def renew(self) -> None:
        """Renew the session of this page now. Raises the `AuthError` that says why not."""
        if (tab := _page().tab) is not None:
            await tab.live_session.renew()

    def client(self, base_url: str, audience: str | None = None) -> httpx.AsyncClient:
        """A client for the API at `base_url`, with the access token of this page's user; see `user_client`.

        The token is renewed before a call where it has to be, and once more after a 401. `audience` is another API than
        the one that OIDC_AUDIENCE names. Raises `SessionEnded` if nobody is signed in.
        """
        page = _page()
        if page.tab is None:
            raise SessionEnded
        return user_client(page.tab.live_session, base_url, audience)


def _page() -> PageContext:
    if (page := present_page()) is None:
        raise RuntimeError('there is no page here: this is for page functions, event handlers and timers')
    return page
