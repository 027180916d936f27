"""Why the app itself signs somebody not in."""

from __future__ import annotations

from typing import Any

from .auth_error import DefinitiveError, TransientError


class Denied(DefinitiveError):
    """Raised by an `on_login` hook: `why` is shown to the person, as text, in the place of the usual advice.

    Raises `TypeError` if that is no text.
    """

    code = 'denied'
    title = 'This app does not let you in'
    advice = 'You are who you say, but this account may not use this app. You can log in as somebody else.'
    status = 403

    def __init__(self, why: str = '', **more: Any) -> None:
        if not isinstance(why, str):
            raise TypeError("Denied takes the text that the person is to see: Denied('Your account is blocked.')")
        super().__init__(' '.join(why.split()), **{'advice': why.strip(), **more})


class LoginHookFailed(TransientError):
    code = 'login_hook_failed'
    title = 'This app could not let you in just now'
    advice = 'Something of its own went wrong, and nobody was logged in. Wait a moment, then try again.'
