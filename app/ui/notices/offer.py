"""A dialog that offers a sign-in for what somebody has just wanted to do, while the page stays as it is."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from ...oidc.wishes.wish import SignInWish
from ..page_context import PageContext
from .banner import Action, draw_actions
from .notice import CSS, more_scope_text
from .texts import texts


def offer(page: PageContext, wish: SignInWish, is_met: Callable[[], bool]) -> None:
    """Say what is needed, with a button that signs in in a window of its own; it closes once that `is_met`.

    Nothing is done again by itself: the person presses what they have pressed once more (rule 8 of the house). The
    window is the click's own, since browsers open no others.
    """
    scopes = sorted(wish.scope)
    if scopes:
        title, text, label = texts['allow_title'], texts.say('allow_text', scopes=' '.join(scopes)), ''
        label = more_scope_text(scopes)
    else:
        title, text, label = texts['step_up_title'], texts['step_up_text'], texts['log_in_again']
    ui.add_css(CSS)
    with ui.context.client.layout, ui.dialog(value=True) as dialog, ui.element('div').classes('ssi-card'):
        ui.icon('lock', size='2.5rem').props('aria-hidden=true')
        ui.label(title).props('role=heading aria-level=1').classes('ssi-title')
        ui.label(text).classes('ssi-text')
        with ui.element('div').classes('ssi-ways'):
            draw_actions((Action(label, page.sign_in_again_js(None, page.own_provider, wish)),))
            ui.button(texts['not_now'], on_click=dialog.close, color=None).props('flat no-caps')
        page.on_change(lambda: dialog.delete() if is_met() else None)
    dialog.on('hide', dialog.delete)
