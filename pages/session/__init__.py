"""The session page: what keeps a person signed in, made visible while it happens."""

from __future__ import annotations

from nicegui import ui

from pages.session.access_token import access_token
from pages.session.expiry_gauge import expiry_gauge
from pages.session.id_token import id_token
from pages.session.log import log
from pages.session.tabs import tabs
from pages.session.timeline import timeline
from pages.what_if import what_if


def session() -> None:
    """Show what there is now, what happened so far, and what the tokens say; each part follows the session."""
    ui.label('Session').props('role=heading aria-level=1').classes('title')
    expiry_gauge()
    what_if()
    timeline()
    log()
    tabs()
    id_token()
    access_token()
