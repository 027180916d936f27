"""Which page the code that runs belongs to, and what it works with there."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs

from nicegui import Client, ui
from nicegui import app as nicegui_app

from ..web.asgi.visit import Visit, present_visit, visit_of
from .page_context import PageContext


def present_client() -> Client | None:
    """The client whose page this code builds or serves: in page functions, sub-pages, event handlers and timers.

    Before NiceGUI has started it is not even asked for: that would turn on its script mode. Nor is it in a thread: all
    of them share one stack of slots, so that what is on it may be another person's page.
    """
    is_known = nicegui_app.is_started and _is_in_loop() and ui.context.slot_stack
    return ui.context.client if is_known else None


def present() -> Visit | None:
    """The visit of the page that this code builds or serves; None if there is no page.

    The page decides, whatever the cookie of its socket says by now. Only a task that was begun in one, and has none of
    its own, goes by what it inherits.
    """
    if (client := present_client()) is not None:
        return visit_of_client(client)
    visit = present_visit.get()
    return visit if visit is not None and _is_page(visit) else None


def present_page() -> PageContext | None:
    """What the page of this code works with; None if there is no page, or it passed none of our middleware."""
    visit, client = present(), present_client()
    if visit is None:
        return None
    return visit.page if client is None else page_of(client)


def page_of(client: Client) -> PageContext | None:
    """What the page of this client works with, which is made at first need; None if nobody knows who sees it."""
    visit = visit_of_client(client)
    if visit is None:
        return None
    if visit.page is None:
        who = visit.identity
        who.browser.is_asked_for = True
        visit.is_page = True
        with client.layout:
            visit.page = PageContext(visit.context, who)
    page: PageContext = visit.page
    return page


def visit_of_client(client: Client) -> Visit | None:
    """The visit that the client's page was built for."""
    try:
        return visit_of(client.request.scope)
    except RuntimeError:  # it was made for no request
        return None


def _is_in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _is_page(visit: Visit) -> bool:
    """Whether the visit is that of a page, and not of an endpoint, where a cookie alone proves no intent."""
    if not visit.is_page:
        visit.is_page = any(visit_of_client(client) is visit for client in Client.instances.values())
    return visit.is_page


def socket_visit(query: bytes) -> Visit | None:
    """The visit of the page that opens this websocket: what its handlers begin beside themselves inherits that."""
    client = Client.instances.get(parse_qs(query.decode('latin-1')).get('client_id', [''])[0])
    return visit_of_client(client) if client else None
