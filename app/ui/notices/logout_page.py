"""The page that asks before it logs out, for those who come by a link."""

from __future__ import annotations

from dataclasses import dataclass

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from ...app_context import AppContext
from ...errors import SubjectMismatch
from ...sessions.session import Session
from ...web.csrf import csrf_of
from ...web.identity import identify_visitor
from ...web.links import LOGIN_PATH
from ..buttons import logout_button
from ..logout_form import LogoutForm
from .notice import Notice, Way
from .small_page import Frame, plain_frame, small_page
from .texts import texts


@dataclass(frozen=True, slots=True)
class LogoutPage:
    """The endpoint `GET /logout`; `POST` is in `app/web/logout.py`."""

    app_context: AppContext
    frame: Frame = plain_frame

    async def answer(self, request: Request) -> Response:
        """Ask, or say that there is nothing left to do, or that only the provider's session is left. `StoreFailed`."""
        app_context = self.app_context
        who, settings = await identify_visitor(request, app_context), app_context.settings
        session = None if who.ended and who.ended.code == SubjectMismatch.code else who.kept
        provider = app_context.provider_of(session)
        url = await provider.end_session_url(settings.post_logout_uri, None) if provider else None
        ends_there = url is not None
        if session is None or (session.ended is not None and not ends_there):
            return small_page(request, self._nothing_left(lives_on=session is not None), frame=self.frame)
        is_alive = session.ended is None
        notice = self._question(ends_there=ends_there) if is_alive else self._only_here()
        return small_page(request, notice, frame=self.frame, build=lambda: self._ways(session, is_alive=is_alive))

    def _question(self, *, ends_there: bool) -> Notice:
        text = texts['logout_text_there'] if ends_there else f'{texts["logout_text"]} {texts["lives_on"]}'
        return Notice('logout', texts['logout_title'], text)

    def _only_here(self) -> Notice:
        return Notice('logout', texts['logged_out_only_here'], texts['logged_out_only_here_text'])

    def _nothing_left(self, *, lives_on: bool) -> Notice:
        ways = (Way(texts['home'], self._home), Way(texts['log_in'], self.app_context.settings.step_url(LOGIN_PATH)))
        text = texts['lives_on' if lives_on else 'nothing_left']
        return Notice('logout', texts['logged_out_already'], text, ways)

    def _ways(self, session: Session, *, is_alive: bool) -> None:
        with ui.element('div').classes('ssi-ways'):
            form = LogoutForm(csrf_of(self.app_context), session)
            text = texts['log_out' if is_alive else 'log_out_there']
            logout_button(form, text, color=None).classes('ssi-action').props('unelevated')
            ui.link(texts['stay_logged_in' if is_alive else 'home'], self._home).classes('ssi-way')

    @property
    def _home(self) -> str:
        return f'{self.app_context.settings.base_url}/'
