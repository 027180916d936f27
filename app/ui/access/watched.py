"""Pages of somebody's app that say by themselves what becomes of their person."""

from __future__ import annotations

from nicegui import Client

from ..notices.watch import watch
from ..present import page_of, visit_of_client
from .gate import Gate


def watch_guarded(client: Client, gate: Gate, *, watches: bool) -> None:
    """A page behind a gate is being built: from here on its session is kept alive, and it is covered if that ends.

    `watches` is false for an app whose pages see to that themselves.
    """
    page = page_of(client)
    if page is None:
        return
    page.is_optional, page.shows_person = gate.optional, not gate.optional
    if watches and not page.is_watched:  # decorated twice, for two addresses
        watch(page, missing=gate.missing)


def watch_connected(client: Client) -> None:
    """A page is open in a browser: its session is kept alive, also where the page has asked for nobody."""
    visit = visit_of_client(client)
    if visit is None or visit.who is None or (visit.page is None and visit.who.session is None):
        return
    page = page_of(client)
    if page is not None and not page.is_watched:
        watch(page)
