"""One page of the app, as the table of pages has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import cast

from app import User


@dataclass(frozen=True, slots=True)
class Page:
    """A path, what the navigation calls it, and where its builder is: `module:function`.

    `icon` is a Material icon's name. One that `is_open` is for everybody, others for those who are signed in, and were
    granted the `scope` if it has one. Raises `ImportError` or `AttributeError` if there is no such builder, so that a
    slip of the pen is found at the start.
    """

    path: str
    title: str
    icon: str
    builder: str
    scope: str = ''
    is_open: bool = False
    in_navigation: bool = True

    def __post_init__(self) -> None:
        resolve_name(self.builder)

    def lets_in(self, user: User | None) -> bool:
        """Whether whoever is looking may see it now."""
        return self.is_open or (user is not None and user.has(scope=self.scope))

    def build(self) -> None:
        """Put the page into the part of the screen that is being built."""
        cast(Callable[[], None], resolve_name(self.builder))()
