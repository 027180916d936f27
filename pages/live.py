"""Parts of a page that follow what they show, and send the browser nothing while that stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from nicegui import ui

from app import User
from pages.auth import auth

T = TypeVar('T')
OnChange = Callable[[Callable[[], None]], None]  # calls a function now and on each change, as `auth.on_change`


def show_live(value: Callable[[], T | None], show: Callable[[T], object], *changes: OnChange) -> None:
    """Call `show` with the value now, and again when one of the changes has brought a value that is not equal to it.

    Without any it is the changes of the session that count.

    None says that there is nothing to show right now: what was shown stays.
    """
    shown: T | None = None

    def update() -> None:
        nonlocal shown
        latest = value()
        if latest is not None and latest != shown:
            shown = latest
            show(latest)

    for on_change in changes or (auth.on_change,):
        on_change(update)


def draw_live(value: Callable[[], T | None], draw: Callable[[T], object], *changes: OnChange) -> None:
    """Fill the element that is being built with what `draw` puts there, and clear it before each time but the first."""
    place = ui.context.slot.parent

    def redraw(latest: T) -> None:
        place.clear()
        with place:
            draw(latest)

    show_live(value, redraw, *changes)


def of_user(look: Callable[[User], T]) -> Callable[[], T | None]:
    """What is seen of whoever is signed in, each time that it is asked for; None if nobody is."""

    def seen() -> T | None:
        user = auth.user
        return None if user is None else look(user)

    return seen


def page_path() -> str:
    """The address of the page that this tab shows now, without the origin and the query."""
    return ui.context.client.sub_pages_router.current_path.split('?')[0].split('#')[0]


def on_path_change(update: Callable[[], None]) -> None:
    """Call `update` now and whenever this tab shows another page, as long as the element that is being built exists."""
    place = ui.context.slot.parent

    def follow(_: str) -> None:
        if not place.is_deleted:
            with place:
                update()

    ui.context.client.sub_pages_router.on_path_changed(follow)
    update()
