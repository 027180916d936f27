"""Guards in a page: of the parts that `ui.sub_pages` shows, and of what an event may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar, cast

from nicegui import background_tasks, ui

from ...oidc.wishes.wish import NOTHING, SignInWish
from ...web.endpoints.requirement import Requirement
from ..notices.notice import Notice, Way, forbidden, more_scope_text, please_log_in, show_notice
from ..notices.offer import offer
from ..notices.texts import texts
from ..page_context import PageContext
from ..present import present_page
from ..user import User

Function = TypeVar('Function', bound=Callable[..., Any])


def required(guard: Requirement[User], name: str = '', *, optional: bool = False) -> Callable[[Function], Function]:
    """A decorator that lets a builder or an event handler run for those whom the guard lets in.

    `name` is what the builder's page is called where it is not shown, else its path. `optional` lets visitors in.
    """

    def lets_in(page: PageContext, *, is_open: bool = False) -> bool:
        """What is open already stays so while its sign-in grows old: it is asked for when something is opened."""
        if page.user is None:
            return optional
        return not guard.missing(page.user) if is_open else guard.lets_in(page.user)

    def decorate(function: Function) -> Function:
        @wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            page, is_builder = present_page(), is_sub_page()
            if is_builder:
                _follow(lets_in, page)
            if page is not None and lets_in(page):
                return function(*args, **kwargs)
            return _show(guard, page, name) if is_builder else _refuse(guard, page)

        return cast(Function, guarded)

    return decorate


def is_sub_page() -> bool:
    """Whether a sub-page is being built: its place is empty then; the sender of an event would stand in it."""
    slot = ui.context.slot
    return isinstance(slot.parent, ui.sub_pages) and all(isinstance(child, _Follower) for child in slot.children)


def _refuse(guard: Requirement[User], page: PageContext | None) -> None:
    """Say why nothing is done; where a sign-in would do, with a button for that."""
    user = page.user if page is not None else None
    if page is None or user is None or (wish := _wish(guard, user)) == NOTHING:
        ui.notify(_reason(guard, page), type='warning')
    else:
        offer(page, wish, lambda: page.user is None or guard.lets_in(page.user))


def _wish(guard: Requirement[User], user: User) -> SignInWish:
    """The sign-in that may bring what the person lacks; none where no sign-in does."""
    scopes = guard.scopes - user.scopes
    if guard.roles - user.roles:
        return NOTHING
    if scopes:
        return replace(guard.wish, scope=scopes)
    return NOTHING if guard.missing(user) else guard.wish


def _reason(guard: Requirement[User], page: PageContext | None) -> str:
    if page is None or page.user is None:
        return texts['please_log_in']
    return texts.say('lacks', missing=', '.join(guard.missing(page.user, texts)))


def _show(guard: Requirement[User], page: PageContext | None, name: str) -> None:
    """Why nothing else is shown here, and a way on."""
    if page is None:
        return
    name = name or page.page_path
    with ui.element('div').classes('ssi-card'):
        if page.user is None:
            show_notice(please_log_in(name, page.login_url_with(None, None, guard.wish)))
            return
        roles, scopes = sorted(guard.roles - page.user.roles), sorted(guard.scopes - page.user.scopes)
        wish = _wish(guard, page.user)
        login = page.login_url_with(None, page.own_provider, wish)
        if wish != NOTHING and not scopes:
            again = Way(texts['log_in_again'], login)
            show_notice(Notice('lock', texts['step_up_title'], texts['step_up_text'], (again,)))
            return
        allow = (
            None
            if wish == NOTHING
            else Way(more_scope_text(scopes), page.login_url_with(None, page.own_provider, wish))
        )
        has = sorted(page.user.scopes if scopes else page.user.roles)
        home, another = f'{page.app.settings.base_url}/', page.login_as_another_url
        show_notice(forbidden(name, scope=scopes, role=roles, has=has, login_url=another, home=home, allow=allow))


def _follow(lets_in: Callable[..., bool], page: PageContext | None) -> None:
    """Build the sub-page anew when the guard thinks otherwise."""
    if page is None:
        return
    place, before = ui.context.slot.parent, lets_in(page)

    def look() -> None:
        nonlocal before
        if lets_in(page, is_open=before) != before:
            before = not before
            background_tasks.create(ui.context.client.sub_pages_router.refresh(), context=place)

    with _Follower():
        page.on_change(look)


class _Follower(ui.element):
    """Nothing to see; it is gone with the sub-page that is built beside it, while the place of all of them stays."""

    def __init__(self) -> None:
        super().__init__()
        self.classes('hidden')
