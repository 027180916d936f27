"""Guards in a page: of the parts that `ui.sub_pages` shows, and of what an event may do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from nicegui import background_tasks, ui

from ...web.endpoints.requirement import Requirement
from ..notices.notice import forbidden, please_log_in, show_notice
from ..notices.texts import texts
from ..page_context import PageContext
from ..present import present_page
from ..user import User

Function = TypeVar('Function', bound=Callable[..., Any])


def required(guard: Requirement[User]) -> Callable[[Function], Function]:
    """A decorator that lets a builder or an event handler run for those whom the guard lets in."""

    def decorate(function: Function) -> Function:
        @wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            page, is_builder = present_page(), _is_builder()
            if is_builder:
                _follow(guard, page)
            if page is not None and guard.lets_in(page.user):
                return function(*args, **kwargs)
            return _show(guard, page) if is_builder else ui.notify(_reason(guard, page), type='warning')

        return cast(Function, guarded)

    return decorate


def _is_builder() -> bool:
    """Whether a sub-page is being built: its place is empty then; the sender of an event would stand in it."""
    slot = ui.context.slot
    return isinstance(slot.parent, ui.sub_pages) and all(isinstance(child, _Follower) for child in slot.children)


def _reason(guard: Requirement[User], page: PageContext | None) -> str:
    if page is None or page.user is None:
        return texts['please_log_in']
    return texts.say('lacks', missing=', '.join(guard.missing(page.user)))


def _show(guard: Requirement[User], page: PageContext | None) -> None:
    """Why nothing else is shown here, and a way on."""
    if page is None:
        return
    with ui.element('div').classes('ssi-card'):
        if page.user is None:
            show_notice(please_log_in(page.page_path, page.login_url))
            return
        roles, scopes = sorted(guard.roles - page.user.roles), sorted(guard.scopes - page.user.scopes)
        has = sorted(page.user.scopes if scopes else page.user.roles)
        home, another = f'{page.app.settings.base_url}/', page.login_as_another_url
        show_notice(forbidden(page.page_path, scope=scopes, role=roles, has=has, login_url=another, home=home))


def _follow(guard: Requirement[User], page: PageContext | None) -> None:
    """Build the sub-page anew when the guard thinks otherwise."""
    if page is None:
        return
    place, before = ui.context.slot.parent, guard.lets_in(page.user)

    def look() -> None:
        nonlocal before
        if guard.lets_in(page.user) != before:
            before = not before
            background_tasks.create(ui.context.client.sub_pages_router.refresh(), context=place)

    with _Follower():
        page.on_change(look)


class _Follower(ui.element):
    """Nothing to see; it is gone with the sub-page that is built beside it, while the place of all of them stays."""

    def __init__(self) -> None:
        super().__init__()
        self.classes('hidden')
