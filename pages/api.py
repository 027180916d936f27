"""The API page: calls to an API in your name, what it answered, and what that means."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial

from nicegui import ui

from app import AuthError
from app.api.answer import RENEWALS, ApiAnswer
from app.api.client import Api
from pages import inside
from pages.auth import auth
from pages.kept_text import KeptText, owner_here
from pages.live import show_live
from pages.section import section, stat

log = logging.getLogger(__name__)

MAX_TEXT = 280  # characters


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the API that a person can choose."""

    name: str
    method: str
    path: str
    with_token: bool = True

    def __str__(self) -> str:
        return f'{self.method} {self.path}'


PUBLIC = Call('Call public', 'GET', '/public', with_token=False)
PRIVATE = Call('Call private', 'GET', '/private')
POST = Call('Post a message', 'POST', '/messages')


def api() -> None:
    """The calls to choose from, and the latest answer."""
    ui.label('API').props('role=heading aria-level=1').classes('title')
    service = inside.api()
    if service is None:
        _no_api()
        return
    ui.label(
        'This app calls the API from its server, and adds your access token there. Your browser never sees it.'
    ).classes('lead')
    _Calls(service)


def _no_api() -> None:
    with section('No API is configured'):
        ui.label(
            'Set API_URL to the address of an API that accepts the access tokens of your sign-in service, and start '
            'the app again. It is asked at /public, /private and /messages.'
        ).props('data-testid=no-api')


class _Calls:
    """The buttons and the answer. While a call is under way its button shows so, and the others wait."""

    def __init__(self, service: Api) -> None:
        self._api = service
        self._buttons: dict[Call, ui.button] = {}
        self._is_busy = False
        with section('Call it', f'It is at {service.url}'):
            self._row(PUBLIC, 'call-public', 'Everybody may read this. The call has no token.')
            self._row(PRIVATE, 'call-private', 'Only with an access token that has the scope read:messages.')
            with KeptText(owner_here(), 'message').classes('w-full') as self._kept:
                self._text = (
                    ui.input('Your message')
                    .props(f'outlined maxlength={MAX_TEXT} data-testid=message-text')
                    .classes('w-full')
                )
            self._text.on('keydown.enter', lambda: self._call(POST))
            self._row(POST, 'post-message', 'Only with the scope write:messages.')
            granted = ui.label().classes('hint anywhere').props('data-testid=granted')
        with section('Answer'):
            self._place = ui.element('div').classes('w-full').props('role=status aria-live=polite')
            self._body = ui.label().props('data-testid=api-body').classes('code anywhere whitespace-pre-wrap w-full')
        with self._place:
            ui.label('Nothing was called yet.').classes('hint')
        self._body.set_visibility(False)

        show_live(lambda: f'You were granted: {_scopes()}', granted.set_text)

    def _row(self, call: Call, test_id: str, hint: str) -> None:
        with ui.row().classes('items-center gap-x-4 gap-y-1 w-full'):
            self._buttons[call] = (
                ui.button(call.name, on_click=partial(self._call, call), color=None)
                .props(f'unelevated no-caps data-testid={test_id}')
                .classes('action')
            )
            ui.label(hint).classes('hint')

    async def _call(self, call: Call) -> None:
        if self._is_busy or auth.user is None:
            return
        text = str(self._text.value or '')[:MAX_TEXT]
        self._show_busy(call)
        answer = await self._answer(call, {'text': text} if call is POST else None)
        if self._place.is_deleted:  # the page was left meanwhile
            return
        self._show_ready()
        if isinstance(answer, AuthError):
            self._show('No answer', f'{answer.title}. {answer.advice} {auth.texts.quote(answer)}'.rstrip())
        else:
            self._show_answer(answer)
            if call is POST and answer.status < 300:
                self._text.set_value('')
                self._kept.forget()

    async def _answer(self, call: Call, json: dict[str, str] | None) -> ApiAnswer | AuthError:
        live_session = inside.live_session()
        try:
            return await self._api.call(live_session, call.method, call.path, with_token=call.with_token, json=json)
        except AuthError as error:
            log.warning('%s failed: %s: %s', call, error.code, error)
            return error
        except Exception:  # whatever it was, the person is told, and can call again
            log.exception('%s failed unexpectedly', call)
            return AuthError()

    def _show_busy(self, call: Call) -> None:
        self._is_busy = True
        for other, button in self._buttons.items():
            button.props('loading' if other is call else 'disable')
        self._body.set_visibility(False)
        self._place.clear()
        with self._place:
            ui.label(f'Calling {call} ...').classes('hint').props('data-testid=api-calling')

    def _show_ready(self) -> None:
        self._is_busy = False
        for button in self._buttons.values():
            button.props(remove='loading disable')

    def _show_answer(self, answer: ApiAnswer) -> None:
        time, renewal = f'{answer.seconds * 1000:.0f} ms', RENEWALS[answer.renewal]
        self._show(answer.heading, answer.in_words(), time, renewal, answer.challenge.description)
        if answer.body:
            self._body.set_text(answer.body + ('\n... and so on' if answer.is_cut else ''))
            self._body.set_visibility(True)

    def _show(self, status: str, words: str, time: str = '', renewal: str = '', says: str = '') -> None:
        self._place.clear()
        with self._place, ui.column().classes('w-full gap-3 answer'):
            with ui.row().classes('stats'):
                with stat('Status'):
                    ui.label(status).props('data-testid=api-status').classes('number')
                if time:
                    with stat('Time'):
                        ui.label(time).props('data-testid=api-time').classes('number')
            ui.label(words).props('data-testid=api-meaning')
            if renewal:
                ui.label(renewal).props('data-testid=api-renewal').classes('hint')
            if says:
                with ui.element('blockquote'):
                    ui.label(says[:500]).classes('anywhere')
                    ui.label('the API').classes('caption')


def _scopes() -> str:
    return ' '.join(sorted(auth.user.scopes)) if auth.user else 'nothing'
