"""What a browser's cookie says: signed, so that it can be believed, and opaque, since it holds random ids only.

| key         | what                                                                              |
|-------------|-----------------------------------------------------------------------------------|
| id          | NiceGUI's own id of the browser, which `app.storage.user` goes by                 |
| session     | the id of the session, while somebody is signed in                                |
| browser     | binds a sign-in in progress, and forms, to this browser                           |
| return_to   | where the latest sign-in was to lead                                              |
| begun_anew  | a sign-in was begun anew once, since its callback could not be understood         |
| looked_at   | when a silent sign-in was last tried (epoch seconds)                              |
| logged_out  | the person logged out, so nothing signs them in again but themselves              |
| just_logged_out | the next page says so                                                         |
| window      | the key of the native window, if it is that                                       |
| seen_on     | the day of the latest visit; a change of it makes the cookie last anew            |
"""

from __future__ import annotations

import secrets
import uuid

from nicegui import app
from starlette.requests import Request

from ..settings import Settings

COOKIE_MAX_AGE = 400 * 86_400  # seconds; no browser keeps a cookie for longer
VISIT = 1800.0  # seconds; a silent sign-in is tried once in a visit
DAY = 86_400


def cookie_options(settings: Settings) -> dict[str, object]:
    """The cookie: ours by its name (cookies ignore ports), and with https never sent without it."""
    is_https = settings.base_url.startswith('https:')
    return {
        'session_cookie': '__Host-stay_signed_in' if is_https else f'stay_signed_in_{settings.listen_port()}',
        'max_age': COOKIE_MAX_AGE,
        'same_site': 'lax',
        'https_only': is_https,
    }


class Browser:
    """The browser that sent a request; changes go out with the response to it."""

    def __init__(self, request: Request) -> None:
        self._cookie = request.session

    @property
    def session_id(self) -> str | None:
        value = self._cookie.get('session')
        return value if isinstance(value, str) else None

    @property
    def id(self) -> str:
        """Binds sign-ins and forms to this browser; made at first need."""
        if not isinstance(self._cookie.get('browser'), str):
            self._cookie['browser'] = secrets.token_urlsafe(32)
        return str(self._cookie['browser'])

    def visit(self, now: float) -> None:
        """Let the cookie last anew, once a day."""
        day = int(now // DAY)
        if self._cookie.get('seen_on') != day:
            self._cookie['seen_on'] = day

    @property
    def window_key(self) -> object:
        """What the native window shows itself by; None in any other browser."""
        return self._cookie.get('window')

    def become_window(self, key: str) -> None:
        """It is the native window, which alone knows the key of this run of the app."""
        self._cookie['window'] = key

    @property
    def return_to(self) -> str:
        """Where the latest sign-in was to lead."""
        return str(self._cookie.get('return_to', '/'))

    def begin_authorization(self, return_to: str) -> None:
        self._cookie['return_to'] = return_to

    def may_begin_anew(self) -> bool:
        """Whether a sign-in may begin anew by itself: every other time. Asking counts as doing it."""
        if self._cookie.pop('begun_anew', False):
            return False
        self._cookie['begun_anew'] = True
        return True

    def sign_in(self, session_id: str) -> None:
        """A new session: whatever the browser's last user left behind is gone."""
        self._forget_user()
        self._cookie['session'] = session_id

    def change_id(self) -> None:
        """Sign-ins in progress, and forms of pages that are open, are worth nothing any more."""
        self._cookie.pop('browser', None)

    def sign_out(self) -> None:
        """The person's own wish: nothing signs them in again but themselves."""
        self._forget_user()
        self.change_id()
        self._cookie['logged_out'] = self._cookie['just_logged_out'] = True

    def was_logged_out(self) -> bool:
        """Whether the person has just logged out; true once."""
        return bool(self._cookie.pop('just_logged_out', False))

    def may_look_for_session(self, now: float) -> bool:
        """Whether a silent sign-in may be tried: once a visit, never after a logout. Asking counts as trying."""
        looked_at = self._cookie.get('looked_at', 0)
        if self._cookie.get('logged_out') or 0 <= now - looked_at < VISIT:
            return False
        self._cookie['looked_at'] = int(now)
        return True

    def _forget_user(self) -> None:
        app.storage.user.clear()  # before the id changes: an old cookie still names the old one
        for key in ('session', 'return_to', 'begun_anew', 'looked_at', 'logged_out'):
            self._cookie.pop(key, None)
        self._cookie['id'] = str(uuid.uuid4())
