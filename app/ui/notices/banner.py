"""The line above a page that says when something is not as it should be, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nicegui import ui

from ...errors import SessionEnded, SessionIdle, SessionTooOld, SilentTimeout, SubjectMismatch
from ...errors.codes import by_code
from ...renewal.events import Failure
from ...sessions.session import Ending
from ...texts.texts import Described
from ...web.identity import prompt_after
from ..login_links import go_js
from ..page_context import PageContext
from .texts import texts

SAID_FOR = 600.0  # seconds after a logout in which pages say so; it may take a while at the provider


@dataclass(frozen=True, slots=True)
class Action:
    """A button: what it says, and the JavaScript function that a click calls, which may open a window."""

    label: str
    js: str


@dataclass(frozen=True, slots=True)
class Line:
    """`icon` is one of Material's. One with actions waits for the person."""

    icon: str
    text: str
    actions: tuple[Action, ...] = ()


Lines = tuple[Line, ...]
Draw = Callable[[Lines], object]
Said = Callable[[], Lines]


class Banner(ui.element):
    """Says nothing while all is well, and what is said it tells a screen reader, too.

    `draw` puts the lines into it, else Quasar's look does. `said_instead` is what to say in the place of anything else,
    if there is something; call `refresh` when that has changed.
    """

    def __init__(self, context: PageContext, draw: Draw | None = None, said_instead: Said = tuple) -> None:
        super().__init__('div')
        self.props(f'role=status aria-live=polite lang={texts.present_language}').classes('banners')
        self._context = context
        self._draw = draw or draw_lines
        self._said_instead = said_instead
        self._shown: Lines = ()
        # The links lead back to the page that is open.
        ui.context.client.sub_pages_router.on_path_changed(lambda _: None if self.is_deleted else self.refresh())
        with self:
            context.on_change(self.refresh)

    def refresh(self) -> None:
        """Say what there is to say now, if that is anything else than before."""
        lines = self._said_instead() or lines_of(self._context)
        if lines is None or self._shown == lines:
            return
        self._shown = lines
        self.clear()
        with self:
            self._draw(lines)


def lines_of(context: PageContext) -> Lines | None:
    """What there is to say right now; None while a renewal is under way: what was said stays."""
    if context.state == 'renewing':
        return None
    error = context.tab.live_session.error if context.tab else None
    if context.state == 'retrying' and error:
        return (_retrying(context, error),)
    if context.state == 'sign-in-needed' and error:
        text = f'{texts.title(error)}. {texts.advice(error)} {texts.quote(error)}'
        return (Line('error', text.rstrip(), ways_on(context, error)),)
    if context.state == 'signed-out' and context.tab:
        here = f'{texts["logged_out_here"]} {after_logout(context)}'
        return (Line('logout', texts.say('ended', error=texts.title(error)) if error else here.rstrip()),)
    return _warning(context) or _ended_before(context)


def ways_on(context: PageContext, error: Described | None) -> tuple[Action, ...]:
    """The buttons with which the person goes on, in a window of its own, so that this page stays as it is."""
    if error is not None and error.code == SubjectMismatch.code:
        switch = f'() => {{ {go_js(context.login_again_url)} }}'
        return (
            Action(texts['log_in_as_yourself'], context.sign_in_again_js('login', context.provider)),
            Action(texts['switch_to_them'], switch),
        )
    return (Action(texts['log_in_again'], context.sign_in_again_js(provider=context.provider)),)


def after_logout(context: PageContext) -> str:
    """What is to be added to the word that somebody is logged out."""
    provider = context.app.provider_of(context.latest)
    return '' if provider is not None and provider.ends_sessions else texts['lives_on']


def draw_lines(lines: Lines) -> None:
    """One above the other, with colors of Quasar's, light and dark; once read, each can be put away."""
    for line in lines:
        with ui.element('div').classes('ssi-line') as box:
            ui.icon(line.icon, size='1.5rem').props('aria-hidden=true').classes('ssi-icon')
            ui.label(line.text).classes('ssi-text')
            if line.actions:
                with ui.element('div').classes('ssi-ways'):
                    draw_actions(line.actions)
            close = ui.button(icon='close', on_click=box.delete, color=None).props('flat round dense size=0.75rem')
            close.props(f'aria-label="{texts["dismiss"]}"').classes('ssi-close')


def draw_actions(actions: tuple[Action, ...]) -> None:
    """The buttons. In the browser, since it lets a window open only while it handles the click itself."""
    for action in actions:
        button = ui.button(action.label, color=None).props('unelevated no-caps').classes('ssi-action')
        button.on('click', js_handler=action.js)


def _retrying(context: PageContext, error: Failure) -> Line:
    cause = texts.advice(error) if error.is_a(SilentTimeout) else ''
    has_expired = context.tab is not None and context.tab.live_session.state.has_expired
    said = texts.say('retrying_expired' if has_expired else 'retrying', error=texts.title(error))
    text = ' '.join(part for part in (said, cause, texts.quote(error)) if part)
    return Line('sync_problem', text, ways_on(context, error) if has_expired else ())


def _warning(context: PageContext) -> Lines:
    """That a limit ends the session in a minute."""
    warning = context.tab.live_session.warning if context.tab else None
    if warning and warning.is_a(SessionIdle):
        return (Line('timer', texts['soon_idle']),)
    if warning and warning.is_a(SessionTooOld):
        again = Action(texts['log_in_again'], context.sign_in_again_js(_after_limit(context), context.provider))
        return (Line('timer', texts['soon_too_old'], (again,)),)
    return ()


def _ended_before(context: PageContext) -> Lines:
    """Why somebody who was signed in before this page was opened is so no more."""
    if context.ended is None:
        return ()
    if context.ended.code == SessionEnded.code:
        is_recent = context.app.clock.now() - context.ended.at < SAID_FOR
        text = f'{texts["logged_out_everywhere"]} {after_logout(context)}'.rstrip()
        return (Line('logout', text),) if is_recent else ()
    ended = by_code(context.ended.code)
    return (Line('logout', f'{texts.title(ended)}. {texts.advice(ended)}'),)


def _after_limit(context: PageContext) -> str | None:
    """A sign-in in place of the end by a limit asks for as much as the one after it."""
    ended = Ending(SessionTooOld.code, context.app.clock.now())
    return prompt_after(ended, context.app.settings.login_after_limit)
