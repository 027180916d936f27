"""The texts as they are on the page that code builds or serves."""

from __future__ import annotations

from typing import Any, get_args

from nicegui import Client, ui
from nicegui import app as nicegui_app
from nicegui.language import Language

from ...texts.language import SCOPE_KEY, present_language
from ...texts.texts import GIVEN, Texts

# What Quasar calls the languages that it has; the page of another one is marked as far as its notice goes.
QUASAR = {'en': 'en-US', **{tag.lower(): tag for tag in get_args(Language)}}


def page_language() -> str:
    """That of the page which code builds or serves, else of the request that is being answered."""
    try:
        client: Client | None = ui.context.client if nicegui_app.is_started and ui.context.slot_stack else None
        language = client.request.scope.get(SCOPE_KEY) if client else None
    except RuntimeError:  # the client was made for no request, or the element is gone that this stands in
        language = None
    return language or present_language()


texts = Texts(page_language, GIVEN)


def page_options() -> dict[str, Any]:
    """What `ui.page` has to know for a page of ours in this language, so that it is read out as what it is."""
    language = QUASAR.get(texts.present_language)
    return {'language': language} if language else {}
