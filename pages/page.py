"""One page of the app, as the table of pages has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Page:
    """A path, what the navigation calls it, and the function that builds it; `icon` is a Material icon's name."""

    path: str
    title: str
    icon: str
    build: Callable[[Visit], None]
    needs_sign_in: bool = False
    in_navigation: bool = True
