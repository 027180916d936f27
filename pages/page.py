"""One page of the app, as the table of pages has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import cast

from app.ui.access.guards import Guard
from app.ui.page_context import PageContext


@dataclass(frozen=True, slots=True)
class Page:
    """A path, what the navigation calls it, and where its builder is: `module:function`.

    `icon` is a Material icon's name. `guard` says who may see it; None lets everybody in. Raises `ImportError` or
    `AttributeError` if there is no such builder, so that a slip of the pen is found at the start.
    """

    path: str
    title: str
    icon: str
    builder: str
    guard: Guard | None = None
    in_navigation: bool = True

    def __post_init__(self) -> None:
        resolve_name(self.builder)

    def lets_in(self, context: PageContext) -> bool:
        """Whether whoever is looking may see it now."""
        return self.guard is None or self.guard.lets_in(context.user)

    def build(self, context: PageContext) -> None:
        """Put the page into the part of the screen that is being built."""
        cast(Callable[[PageContext], None], resolve_name(self.builder))(context)
