"""The form that logs out."""

from __future__ import annotations

from nicegui import ui

from ..sessions.session import Session
from ..web.csrf import Csrf
from ..web.links import LOGOUT_PATH


class LogoutForm(ui.element, component='logout_form.js'):
    """Put a button with `type=submit` into it.

    It is a form, since only a request can change the cookie; the browser posts it by `fetch`, and goes where the answer
    leads. It names the session that it ends, by a reference that
    tells nothing, and has the token that tells it from a forged one.
    """

    def __init__(self, csrf: Csrf, session: Session | None) -> None:
        super().__init__()
        self._csrf = csrf
        self.props(f'method=post action={csrf.own_path}{LOGOUT_PATH}')
        with self:
            self._fields = {name: ui.element('input').props(f'type=hidden name={name}') for name in ('session', 'csrf')}
        if session is not None:
            self.name(session)

    def name(self, session: Session) -> None:
        """From now on it ends this session: the person has signed in again while the page was open."""
        values = {'session': session.reference, 'csrf': self._csrf.token(session.reference)}
        for name, value in values.items():
            if self._fields[name].props.get('value') != value:
                self._fields[name].props(f'value={value}')
