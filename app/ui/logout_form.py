"""The form that logs out."""

from __future__ import annotations

from nicegui import ui


class LogoutForm(ui.element):
    """Put a button with `type=submit` into it.

    It is a form, since only a request can clear the cookie, and has the token that tells it from a forged one.
    """

    def __init__(self, csrf_token: str) -> None:
        super().__init__('form')
        self.props('method=post action=/logout')
        with self:
            ui.element('input').props(f'type=hidden name=csrf value={csrf_token}')
