"""The cover: what a page shows of a person is out of sight once they are signed in no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from nicegui import Client, ui

from ...errors import SessionEnded, SubjectMismatch
from ...renewal.events import Failure
from ...renewal.state import State
from ..login_links import go_js
from ..page_context import PageContext
from ..user import User
from .banner import Action, after_logout, draw_actions, ways_on
from .texts import texts

Covering = Literal['nothing', 'hidden', 'removed']
Missing = Callable[[User], list[str]]


def covering(state: State) -> Covering:
    """What becomes of what a page shows of the person.

    After a logout, or when somebody else is signed in, it is removed. Where the same person can sign in again and go
    on (a limit, a refusal after the token's end, a renewal that was given up) it is only hidden.
    """
    if state.phase == 'signed-out':
        return 'removed' if state.error is None or state.error.is_for_good else 'hidden'
    return 'hidden' if state.is_refused_for_good or state.has_given_up else 'nothing'


class Cover(ui.element, component='cover.js'):
    """The place above the page of one client: what is built in it is its banner. Make it in the client's layout.

    `missing` says what the person has to have for this page, and has no longer. The event `signed-in` comes from the
    browser while nobody is signed in on this page: in another tab, or window, of this app somebody has signed in. That
    is not to be believed, but a reason to offer a reload.
    """

    def __init__(self, context: PageContext, missing: Missing = lambda _: []) -> None:
        super().__init__()
        self._context = context
        self._missing = missing
        self._is_removed = False
        self._shown: tuple[str, str, tuple[Action, ...]] | None = None
        settings = context.app.settings
        self.props['channel'] = f'stay-signed-in:{settings.base_path}{settings.prefix}'
        with self.add_slot('cover'), ui.element('div').classes('ssi-card').props(f'lang={texts.present_language}'):
            ui.icon('lock', size='2.5rem').props('aria-hidden=true')
            self._heading = ui.label().props('role=heading aria-level=1').classes('ssi-title')
            self._sentence = ui.label()
            self._ways = ui.element('div').classes('ssi-ways')
        self.props['labelledby'], self.props['describedby'] = self._heading.html_id, self._sentence.html_id

    def update_from_session(self, *, is_back: bool = False) -> None:
        """Cover, or uncover, as the session is; what was removed stays so. `is_back`: somebody has signed in again."""
        tab = self._context.tab
        self._set('signed-in', self._context.session is not None)
        if tab is None or not self._context.is_personal:
            return
        if tab.live_session.phase == 'renewing' and not self._is_removed:
            return  # while it is tried again, all stays as it is
        lacking = self._lacking()
        kind = 'removed' if self._is_removed else covering(tab.live_session.state)
        kind = 'hidden' if kind == 'nothing' and lacking else kind
        if kind == 'removed' and not self._is_removed:
            self._is_removed = True
            remove_page(self.client, self)
            self._context.forget_updates(self)
        if kind != 'nothing':
            self._say(*(self._words(kind, is_back=is_back) if not lacking else _forbidden(lacking)))
        self._set('covers', kind != 'nothing')
        self._set('removes', kind == 'removed')

    def _set(self, name: str, value: bool) -> None:
        if self.props.get(name, False) != value:
            self.props[name] = value

    def _lacking(self) -> list[str]:
        """What the person, who is signed in, lacks by now."""
        user = self._context.user
        return self._missing(user) if user is not None else []

    def _words(self, kind: Covering, *, is_back: bool) -> tuple[str, str, tuple[Action, ...]]:
        context, tab = self._context, self._context.tab
        error = tab.live_session.error if tab else None
        if kind == 'hidden' and error is not None:
            said = [f'{texts.advice(error)}', texts['covered_text'], texts.quote(error)]
            return texts.title(error), ' '.join(filter(None, said)), ways_on(context, error)
        anew = Action(texts['load_anew'], '() => location.reload()')
        is_another = error is not None and error.is_a(SubjectMismatch)
        way_on = anew if is_back or is_another else Action(texts['log_in'], f'() => {{ {go_js(context.login_url)} }}')
        return _gone(error), f'{texts["covered_ended_text"]} {after_logout(context)}'.rstrip(), (way_on,)

    def _say(self, title: str, text: str, actions: tuple[Action, ...]) -> None:
        if self._shown == (title, text, actions):
            return
        self._shown = title, text, actions
        self._heading.set_text(title)
        self._sentence.set_text(text)
        self._ways.clear()
        with self._ways:
            draw_actions(actions)


def remove_page(client: Client, kept: ui.element) -> None:
    """Delete all elements of a page but `kept`, wherever they are: content, header, drawers, dialogs. Timers end."""
    frame = list(client.content.ancestors(include_self=True))
    for place in frame:
        for element in [child for child in place if child is not kept and child not in frame]:
            if not element.is_deleted:  # perhaps with another one
                element.delete()
    with client.layout:
        ui.page_title(texts['covered_ended_title'])


def _forbidden(missing: list[str]) -> tuple[str, str, tuple[Action, ...]]:
    text = texts.say('covered_forbidden_text', missing=', '.join(missing))
    return texts['forbidden'], text, (Action(texts['load_anew'], '() => location.reload()'),)


def _gone(error: Failure | None) -> str:
    """Why what the page showed is gone, in a few words."""
    if error is None or error.code == SessionEnded.code:
        return texts['covered_ended_title']
    return texts['covered_another_title'] if error.is_a(SubjectMismatch) else texts.title(error)
